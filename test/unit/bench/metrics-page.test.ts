import { describe, expect, it } from 'vitest'
import { sumOf } from '../../../bench/metrics-page.ts'

const PAGE = `# HELP sluice_produced_bytes_total Bytes.
# TYPE sluice_produced_bytes_total counter
sluice_produced_bytes_total{signal="traces"} 100
sluice_produced_bytes_total{signal="logs",thread="main"} 2.5
sluice_produced_bytes_created 7
sluice_up 1
`

describe('a metric on the page', () => {
  it('is summed over its label sets, with or without _total', () => {
    expect(sumOf(PAGE, 'sluice_produced_bytes')).toBe(102.5)
    expect(sumOf(PAGE, 'sluice_up')).toBe(1)
  })

  it('is undefined when the page does not have it', () => {
    expect(sumOf(PAGE, 'sluice_produced')).toBeUndefined()
  })
})
