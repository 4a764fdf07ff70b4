import { afterEach, expect, test, vi } from 'vitest'
import { checkCommand, checkText } from '../../../src/cli/check.ts'
import { resolveLimits } from '../../../src/config/limits.ts'
import { loadConfig } from '../../../src/config/load.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('every effective value is shown with where it came from, secrets masked', () => {
  const loaded = loadConfig({
    environment: { KAFKA_PRODUCER_SASL_PASSWORD: 'hunter2' },
    sets: [
      { key: 'name', value: 'here' },
      { key: 'tasks.max', value: '1' },
    ],
    embeddedBroker: true,
  })
  const text = checkText(loaded, resolveLimits(loaded.config, 2))
  expect(text).toMatch(/\n {2}name +here +--set\n/)
  expect(text).toMatch(/\n {2}kafka\.producer\.sasl\.password +\*+ +environment KAFKA_PRODUCER_SASL_PASSWORD\n/)
  expect(text).not.toContain('hunter2')
  expect(text).toContain("ignored (Kafka Connect's own): tasks.max")
})

test('the memory is printed as sums that add up: what is shared, and what may lie beside it', () => {
  const loaded = loadConfig({ environment: {}, embeddedBroker: true })
  const [shared, beside] = checkText(loaded, resolveLimits(loaded.config, 2)).split('Beside it')
  for (const text of [shared!, beside!]) {
    const numbers = [...text.matchAll(/ (\d+) bytes$/gm)].map((match) => Number(match[1]))
    const total = numbers.pop()
    expect(numbers.length).toBeGreaterThan(2)
    expect(numbers.reduce((sum, bytes) => sum + bytes, 0)).toBe(total)
  }
})

test('a finding in Kafka that is not ok makes the check fail', async () => {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
  const probe = (ok: boolean) => async () => [{ ok, text: 'topic otlp-traces' }]
  expect(await checkCommand(['--embedded-broker'], probe(true))).toBe(0)
  expect(await checkCommand(['--embedded-broker'], probe(false))).toBe(1)
  expect(lines).toContain('  PROBLEM  topic otlp-traces\n')
})
