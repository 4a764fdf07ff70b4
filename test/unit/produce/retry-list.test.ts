import { describe, expect, it } from 'vitest'
import { RetryList } from '../../../src/produce/retry-list.ts'

function runAt(list: RetryList, nowMs: number, accepts = true): number[] {
  const tried: number[] = []
  list.run(nowMs, (requestNumber) => {
    tried.push(requestNumber)
    return accepts
  })
  return tried
}

describe('RetryList', () => {
  it('retries after a pause that doubles with each attempt, up to five seconds', () => {
    for (const [attempts, pauseMs] of [
      [0, 50],
      [1, 100],
      [4, 800],
      [7, 5000],
      [1000, 5000],
    ] as const) {
      const list = new RetryList()
      list.add(7, attempts, 100)
      expect(runAt(list, 100 + pauseMs - 1)).toEqual([])
      expect(runAt(list, 100 + pauseMs)).toEqual([7])
    }
  })

  it('forgets what was retried', () => {
    const list = new RetryList()
    list.add(7, 0, 0)
    runAt(list, 1000)
    expect(list.size).toBe(0)
  })

  it('keeps what found no room for the next time', () => {
    const list = new RetryList()
    list.add(7, 0, 0)
    expect(runAt(list, 1000, false)).toEqual([7])
    expect(runAt(list, 1000)).toEqual([7])
  })

  it('keeps what is added while it runs', () => {
    const list = new RetryList()
    list.add(1, 0, 0)
    list.run(1000, (requestNumber) => {
      list.add(requestNumber + 1, 0, 1000)
      return true
    })
    expect(runAt(list, 2000)).toEqual([2])
  })

  it('retries those that are due and leaves the others', () => {
    const list = new RetryList()
    list.add(1, 5, 0)
    list.add(2, 0, 0)
    expect(runAt(list, 100)).toEqual([2])
    expect(list.size).toBe(1)
  })
})
