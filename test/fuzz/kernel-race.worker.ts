/** Changes bytes of a payload in shared memory, for as long as it lives: a faulty thread. */
import { workerData } from 'node:worker_threads'
import { createRandom } from '../generator/random.ts'

const { buffer, offset, bytes } = workerData as { buffer: SharedArrayBuffer; offset: number; bytes: number }
const payload = new Uint8Array(buffer, offset, bytes)
const whole = payload.slice()
const random = createRandom(1)

for (;;) {
  const at = random.below(bytes)
  payload[at] = random.below(256)
  // mostly whole, so that the kernel gets far into it
  payload[at] = whole[at]!
}
