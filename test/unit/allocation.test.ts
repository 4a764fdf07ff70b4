/**
 * Nothing is allocated per item, and per request only what the producer's library is handed (a Buffer on the record, the
 * number of its report) and the deadline. Seen failing at 255 bytes, when assertions made their texts in every call.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { AllocationReport } from '../bed/allocation-run.ts'

const SCRIPT = fileURLToPath(new URL('../bed/allocation-run.ts', import.meta.url))
/** Young objects stay where they are until the end: a collection would hide what it frees. */
const FLAGS = [
  '--experimental-strip-types',
  '--no-warnings',
  '--expose-gc',
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
]
/** 96 for the Buffer, 16 for each of two or three numbers; 105 to 140 measured. */
const REQUEST_BYTES_MAX = 150
const DEADLINE_MS = 60_000

async function bytesPerRequest(items: number, requests: number, format: string): Promise<number> {
  const args = [...FLAGS, SCRIPT, String(items), String(requests), format]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: DEADLINE_MS })
  const report = JSON.parse(stdout) as AllocationReport
  expect(report).toMatchObject({ collections: 0, answered: 3 * requests })
  return report.bytesPerRequest
}

describe.each([
  ['json', 3000],
  ['protobuf', 20_000],
])('a request on its way to a record of %s', (format, requests) => {
  it(
    'takes the heap of one Buffer, with one item or with 512',
    async () => {
      expect(await bytesPerRequest(1, 20_000, format)).toBeLessThan(REQUEST_BYTES_MAX)
      expect(await bytesPerRequest(512, requests, format)).toBeLessThan(REQUEST_BYTES_MAX)
    },
    DEADLINE_MS,
  )
})
