/** The kernel against the official Python runtime: test/corpus/python.jsonl. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Signal } from '../../../../src/otlp/signal.ts'
import { KernelBed } from '../../../generator/kernel-bed.ts'
import type { Json } from '../../../generator/reference-json.ts'
import { requestMessage, withoutDefaults } from '../../../generator/reference-json.ts'

interface Entry {
  readonly signal: Signal
  readonly origin: 'plain' | 'odd' | 'python' | 'mutated'
  readonly payload: string
  readonly json?: string
}

const corpus = new URL('../../../corpus/python.jsonl', import.meta.url)
const entries = readFileSync(corpus, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Entry)
const bed = new KernelBed(1 << 16, 1 << 20)

describe('kernel and the official Python runtime', () => {
  it.each(['plain', 'odd', 'python', 'mutated'] as const)('agree on every %s payload of the corpus', (origin) => {
    const chosen = entries.filter((entry) => entry.origin === origin)
    expect(chosen.length).toBeGreaterThanOrEqual(100)
    for (const { signal, payload, json } of chosen) {
      const bytes = Buffer.from(payload, 'base64')
      const scanned = bed.decode(signal, bytes)
      expect(scanned >= 0, `${origin} ${signal} ${payload}: ${scanned}`).toBe(json !== undefined)
      if (json === undefined) continue
      const message = requestMessage(signal)
      const actual = withoutDefaults(message, JSON.parse(bed.transcode(signal, bytes).json) as Json)
      const hint = 'not what Python makes of it; made by test/corpus/python-payloads.ts'
      expect(actual, hint).toEqual(withoutDefaults(message, JSON.parse(json) as Json))
    }
  })
})
