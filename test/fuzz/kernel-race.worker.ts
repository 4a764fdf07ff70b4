/** Changes bytes of a payload in shared memory, for as long as it lives: a faulty thread. */
import { workerData } from 'node:worker_threads'
import { createRandom } from '../generator/random.ts'
import type { RaceData } from './kernel-race-reader.worker.ts'

const { memory, inputOffset, whole, flip } = workerData as RaceData
const payload = new Uint8Array(memory.buffer, inputOffset, whole.length)
const random = createRandom(1)

for (;;) {
  const at = flip?.at ?? random.below(whole.length)
  payload[at] = flip?.byte ?? random.below(256)
  // one byte for as long as a walk takes; any other mostly whole, so that the kernel gets far into it
  if (flip !== undefined) for (let turn = random.below(30); turn > 0; turn--) payload[at] = flip.byte
  payload[at] = whole[at]!
  if (flip !== undefined) for (let turn = random.below(30); turn > 0; turn--) payload[at] = whole[at]!
}
