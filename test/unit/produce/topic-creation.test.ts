import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FIRST_ATTEMPT_MS_MAX, PAUSE_MS_MIN, TopicCreation } from '../../../src/produce/topic-creation.ts'
import type { TopicsOutcome } from '../../../src/produce/topics.ts'
import { capturedLog } from '../../bed/captured-log.ts'

let captured: ReturnType<typeof capturedLog>
let asked: (readonly string[])[]
/** By topic: why it is not created. */
let reasons: Record<string, string>
let creation: TopicCreation

beforeEach(() => {
  vi.useFakeTimers()
  captured = capturedLog()
  asked = []
  reasons = {}
  creation = new TopicCreation(['a', 'b', 'a'], answer, captured.log)
})
afterEach(() => {
  creation.stop()
  vi.useRealTimers()
})

async function answer(topics: readonly string[]): Promise<TopicsOutcome> {
  asked.push(topics)
  const failures = topics.filter((topic) => topic in reasons).map((topic) => ({ topic, reason: reasons[topic]! }))
  return { created: topics.filter((topic) => !(topic in reasons)), failures }
}

function said(): unknown[] {
  return captured.events.map(({ event, fields }) => [event, ...Object.values(fields)])
}

describe('topics', () => {
  it('are asked for once each, and never again when all are there', async () => {
    await creation.start()
    await creation.start()
    await vi.advanceTimersByTimeAsync(10 * PAUSE_MS_MIN)
    expect(asked).toEqual([['a', 'b']])
    expect(said()).toEqual([['topics_created', 'a,b']])
  })

  it('that fail do not keep the others back, and are tried again alone', async () => {
    reasons = { a: 'no controller' }
    await creation.start()
    expect(said()).toEqual([
      ['topics_created', 'b'],
      ['topic_not_created', 'a', 'no controller'],
    ])
    reasons = {}
    await vi.advanceTimersByTimeAsync(PAUSE_MS_MIN)
    expect(asked).toEqual([['a', 'b'], ['a']])
    expect(said().at(-1)).toEqual(['topics_created', 'a'])
  })

  it('are tried on for ever, ever less often; each reason is said once', async () => {
    reasons = { a: 'no controller', b: 'denied' }
    await creation.start()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.length).toBeLessThan(20)
    expect(captured.named('topic_not_created')).toHaveLength(2)
  })

  it('all fail when the attempt itself does', async () => {
    creation = new TopicCreation(['a', 'b'], () => Promise.reject(new Error('no client')), captured.log)
    await creation.start()
    expect(said()).toEqual(['a', 'b'].map((topic) => ['topic_not_created', topic, 'no client']))
  })

  it('hold a start up for a bounded time', async () => {
    creation = new TopicCreation(['a'], () => new Promise(() => {}), captured.log)
    let started = false
    void creation.start().then(() => {
      started = true
    })
    await vi.advanceTimersByTimeAsync(FIRST_ATTEMPT_MS_MAX - 1)
    expect(started).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toBe(true)
  })

  it('are not asked for after the stop', async () => {
    reasons = { a: 'no controller' }
    await creation.start()
    creation.stop()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(asked).toHaveLength(1)
  })
})
