/**
 * Every form of a request, damaged by its structure, through the kernel and through the official Python runtime: both must accept the
 * same, and read the same in it.
 *
 * FUZZ_CASES=1000000 makes it a long run (`npm run test:fuzz`), FUZZ_SEED=N another one. What ever differed stays in official-corpus.jsonl,
 * which is replayed first; a long run adds to it.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Oracle, startOracle } from '../bed/oracle.ts'
import { INSTALL_DEADLINE_MS } from '../integration/clients/install.ts'
import { type OfficialCase, officialCase } from './official-cases.ts'
import { difference } from './official-check.ts'

const CASES = Number(process.env.FUZZ_CASES ?? 10_000)
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1)
const KEEPS = process.env.FUZZ_CASES !== undefined
const BATCH = 2000
const RUN_MS_MAX = 60_000 + CASES * 5
const FAILURES_MAX = 20
const CORPUS = new URL('official-corpus.jsonl', import.meta.url)

let oracle: Oracle
beforeAll(async () => {
  oracle = await startOracle()
}, INSTALL_DEADLINE_MS)
afterAll(() => oracle?.stop())

interface Tally {
  readonly differences: string[]
  readonly verdicts: Map<string, number>
}

async function compare(cases: readonly OfficialCase[], { differences, verdicts }: Tally): Promise<void> {
  const judgements = await oracle.judge(cases)
  for (const [index, one] of cases.entries()) {
    const judgement = judgements[index]!
    const key = `${one.encoding} ${one.coding ?? 'identity'} ${judgement.verdict}`
    verdicts.set(key, (verdicts.get(key) ?? 0) + 1)
    const found = difference(one, judgement)
    if (found === undefined) continue
    differences.push(`${one.from}: ${one.signal} ${one.encoding} ${one.coding ?? ''} ${found}`.slice(0, 600))
    if (KEEPS) keep(one)
  }
}

function keep({ from, signal, encoding, coding, body }: OfficialCase): void {
  const kept = { from, signal, encoding, ...(coding && { coding }), body: Buffer.from(body).toString('base64') }
  appendFileSync(CORPUS, `${JSON.stringify(kept)}\n`)
}

it('agrees with the official runtime on every case that ever differed', async () => {
  const lines = readFileSync(CORPUS, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  const cases = lines.map((line): OfficialCase => {
    const kept = JSON.parse(line) as Omit<OfficialCase, 'body'> & { body: string }
    return { ...kept, body: Buffer.from(kept.body, 'base64') }
  })
  const tally: Tally = { differences: [], verdicts: new Map() }
  await compare(cases, { ...tally, verdicts: new Map() })
  expect(tally.differences).toEqual([])
})

it(
  `[B146] accepts, refuses and reads ${CASES} damaged requests as the official runtime does`,
  async () => {
    const tally: Tally = { differences: [], verdicts: new Map() }
    for (let done = 0; done < CASES && tally.differences.length < FAILURES_MAX; done += BATCH) {
      const count = Math.min(BATCH, CASES - done)
      await compare(
        Array.from({ length: count }, (_, step) => officialCase(FIRST_SEED + done + step)),
        tally,
      )
    }
    process.stdout.write(`official: ${JSON.stringify(Object.fromEntries([...tally.verdicts].sort()))}\n`)
    expect(tally.differences).toEqual([])
    // Damage that is always refused, or never, proves nothing.
    for (const encoding of ['protobuf identity', 'json identity']) {
      for (const verdict of ['accepted', 'refused']) {
        expect(tally.verdicts.get(`${encoding} ${verdict}`), `${encoding} ${verdict}`).toBeGreaterThan(CASES / 20)
      }
    }
  },
  RUN_MS_MAX,
)
