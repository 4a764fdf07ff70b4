import { describe, expect, it } from 'vitest'
import { BodyPace } from '../../../src/ingest/body-pace.ts'

function start(): { look(nowMs: number, receivedBytes: number): void; calls: string[] } {
  const pace = new BodyPace()
  const calls: string[] = []
  const res = { pause: () => void calls.push('pause'), resume: () => void calls.push('resume') }
  pace.look(1e6, 1e9, res) // of a body before
  calls.length = 0
  pace.begin(1000)
  return { look: (nowMs, receivedBytes) => pace.look(nowMs, receivedBytes, res), calls }
}

describe('a body', () => {
  it('that is fast is left alone', () => {
    const { look, calls } = start()
    for (let nowMs = 1000; nowMs < 5000; nowMs++) look(nowMs, nowMs * 1000)
    expect(calls).toEqual([])
  })

  it('of 16 kB a second is kept, each four seconds anew', () => {
    const { look, calls } = start()
    for (let second = 1; second <= 12; second++) look(1000 + second * 1000, second * 16_000)
    expect(calls).toEqual(Array.from({ length: 3 }, () => ['pause', 'resume']).flat())
  })

  it('that falls behind is kept no longer', () => {
    const { look, calls } = start()
    look(5000, 64_000)
    look(9000, 64_000 + 63_999)
    expect(calls).toEqual(['pause', 'resume'])
  })
})
