import { beforeEach, expect, it } from 'vitest'
import { TopicWatch } from '../../../src/produce/topic-watch.ts'
import { capturedLog } from '../../bed/captured-log.ts'
import { FakeProducer } from '../../bed/fake-producer.ts'

let port: FakeProducer
let missing: number[]
let captured: ReturnType<typeof capturedLog>
let watch: TopicWatch
beforeEach(() => {
  port = new FakeProducer({ delivered: () => {}, brokersDown: () => {}, fatal: () => {} })
  missing = []
  captured = capturedLog()
  const onChange = (bits: number): void => void missing.push(bits)
  watch = new TopicWatch({ topics: ['t', 'm', 'l', 'p'], log: captured.log, onChange })
})

/** Kafka answers the open question. */
function answer(...names: string[]): void {
  watch.tick(port)
  port.topicQuestions.shift()!(new Set(names))
}

it('asks nothing while nobody is suspected, and one question at a time', () => {
  watch.tick(port)
  expect(port.topicQuestions).toEqual([])
  watch.suspect(0)
  watch.tick(undefined)
  watch.tick(port)
  watch.tick(port)
  expect(port.topicQuestions).toHaveLength(1)
})

it('says which of the suspected topics are missing, by a bit per signal; others may come with their first record', () => {
  watch.suspect(0)
  watch.suspect(2)
  answer('t')
  expect(missing).toEqual([0b100])
  expect(captured.named('topic_missing').map(({ fields }) => fields.topic)).toEqual(['l'])
})

it('keeps asking about a missing one, says once that it is, and then that it is there', () => {
  watch.suspect(1)
  for (let round = 0; round < 3; round++) answer('t')
  expect([missing, captured.named('topic_missing').length]).toEqual([[0b10], 1])
  answer('m')
  expect([missing, captured.named('topic_found').length]).toEqual([[0b10, 0], 1])
  watch.tick(port)
  expect(port.topicQuestions).toEqual([])
})

it('concludes nothing when Kafka does not answer, and asks again', () => {
  watch.suspect(1)
  watch.tick(port)
  port.topicQuestions.shift()!(undefined)
  expect(missing).toEqual([])
  answer()
  expect(missing).toEqual([0b10])
})
