/** Prints the payloads that python_corpus.py judges, one JSON object a line; see README.md. */

import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { mutate } from '../generator/mutate.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'

const SEEDS = 25

for (const signal of SIGNALS) {
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = createRandom(seed)
    const plain = generateRequest(signal, seed, { bytesAbout: 400 })
    const odd = generateRequest(signal, seed, { odd: true, bytesAbout: 400 })
    print(signal, 'plain', plain)
    print(signal, 'odd', odd)
    for (let times = 0; times < 3; times++) print(signal, 'mutated', mutate(times === 0 ? odd : plain, odd, random))
  }
}

function print(signal: Signal, origin: string, payload: Uint8Array): void {
  if (payload.length > 4000) return
  console.log(JSON.stringify({ signal, origin, payload: Buffer.from(payload).toString('base64') }))
}
