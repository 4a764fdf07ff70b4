/**
 * A sample of what the fuzz tests do at length, through the ports: valid bodies, damaged, judged by the official Python runtime. What
 * it takes is accepted, perhaps without the items whose text or ids are wrong; what it refuses is malformed.
 */
import { expect, it } from 'vitest'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { mutate } from '../generator/mutate.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import { Exchange, PROTOBUF_ROADS } from './bed/exchange.ts'
import { conformancePair } from './bed/pair.ts'

const CASES_PER_SIGNAL = 400
/** Ten bytes of a varint whose last one has bits beyond the 64th: the official runtime drops them, row B005 refuses them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: bytes, not text
const MAYBE_OVERFLOW = /[\x80-\xff]{9}[\x02-\x7f]/

const { json, oracle } = conformancePair()

it('[B146] mutated bodies are accepted and refused as by the official decoder', async () => {
  const questions = SIGNALS.flatMap((signal) =>
    Array.from({ length: CASES_PER_SIGNAL }, (_, seed) => {
      const valid = generateRequest(signal, seed, { odd: seed % 2 === 1, bytesAbout: 400 })
      const other = generateRequest(signal, seed + 1, { bytesAbout: 400 })
      const body = Buffer.from(mutate(valid, other, createRandom(seed)))
      return { label: `seed ${seed}`, signal, encoding: 'protobuf' as const, body }
    }),
  ).filter(({ body }) => !MAYBE_OVERFLOW.test(body.toString('latin1')))
  const judgements = await oracle().judge(questions)
  const wanted = judgements.map(({ verdict }) => (verdict === 'refused' ? 'invalid' : 'taken'))
  for (const verdict of ['invalid', 'taken']) {
    expect(wanted.filter((one) => one === verdict).length, verdict).toBeGreaterThan(CASES_PER_SIGNAL / 2)
  }
  const exchange = new Exchange(json)
  for (const road of PROTOBUF_ROADS) {
    const answers = await exchange.expectAll(questions.map((question) => ({ ...question, road })))
    const wrong = answers.flatMap(({ kind, message }, index) => {
      const verdict = kind === 'accepted' || kind === 'partial' ? 'taken' : kind
      const { signal, label } = questions[index]!
      return verdict === wanted[index] ? [] : [`${road} ${signal} ${label}: ${kind} ${message}, not ${wanted[index]}`]
    })
    expect(wrong).toEqual([])
  }
})
