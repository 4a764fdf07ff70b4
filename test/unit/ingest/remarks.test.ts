import { describe, expect, it } from 'vitest'
import { answerWith, Remarks } from '../../../src/ingest/remarks.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'

describe('remarks', () => {
  it('belong to one request until they are taken', () => {
    const remarks = new Remarks()
    remarks.reject(7, 2, 'two')
    expect([remarks.isEmpty, remarks.take(8), remarks.take(7), remarks.take(7), remarks.isEmpty]).toEqual([
      false,
      undefined,
      { rejectedItems: 2, text: 'two' },
      undefined,
      true,
    ])
  })

  it('add up', () => {
    const remarks = new Remarks()
    remarks.reject(1, 2, 'Two.')
    remarks.warn(1, 'Beware.')
    remarks.reject(1, 3, 'Three.')
    expect(remarks.take(1)).toEqual({ rejectedItems: 5, text: 'Two. Beware. Three.' })
  })
})

describe('an answer with a remark', () => {
  const told = (verdict: number): unknown[] => {
    const answers: unknown[] = []
    const responder = { requestNumber: 0, answer: (...answer: unknown[]) => void answers.push(...answer) }
    answerWith({ rejectedItems: 2, text: 'Two are bad.' }, responder, verdict, 5)
    return answers
  }

  it('is a partial success when the rest is accepted', () => {
    expect(told(VERDICT.ACCEPTED)).toEqual([VERDICT.PARTIAL, 2, 'Two are bad.'])
  })

  it('counts all items when the rest is rejected, too', () => {
    expect(told(VERDICT.RECORD_REFUSED)).toEqual([
      VERDICT.PARTIAL,
      7,
      expect.stringMatching(/^Kafka refuses.*Two are bad\.$/),
    ])
  })

  it('[C30] is only a retryable error when the rest is refused', () => {
    expect(told(VERDICT.KAFKA_ERROR)).toEqual([VERDICT.KAFKA_ERROR, 5])
  })
})
