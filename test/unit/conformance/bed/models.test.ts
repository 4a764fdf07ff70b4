import { describe, expect, it } from 'vitest'
import { SIGNALS } from '../../../../src/otlp/signal.ts'
import { expectSame } from '../../../conformance/bed/exchange.ts'
import {
  item,
  jsonOf,
  meaningOfJson,
  meaningOfProtobuf,
  protobufOf,
  requestOf,
} from '../../../conformance/bed/models.ts'
import { countItems } from '../../../conformance/bed/official.ts'
import { LEVELS, nestedRequest, withBytes } from '../../../conformance/bed/wire-requests.ts'
import { KernelBed } from '../../../generator/kernel-bed.ts'

describe('a model of the conformance suite', () => {
  it('means the same in protobuf and in JSON, for every signal', () => {
    for (const signal of SIGNALS) {
      const model = requestOf(signal, [item(signal, 'a'), item(signal, 'b')], {
        resource: { droppedAttributesCount: 0 },
      })
      expect(meaningOfProtobuf(signal, protobufOf(signal, model))).toBe(meaningOfJson(signal, model))
      expect(countItems(signal, model)).toBe(2)
    }
  })

  it('tells -0 from 0, an empty value from none, and one order from another', () => {
    const body = (value: object) => meaningOfJson('logs', requestOf('logs', [{ body: value as never }]))
    expect(body({ doubleValue: -0 })).not.toBe(body({ doubleValue: 0 }))
    expect(meaningOfJson('logs', requestOf('logs', [{}]))).not.toBe(body({}))
    expect(jsonOf({ doubleValue: -0 }).toString()).toBe('{"doubleValue":"-0"}')
  })

  it('has no field that OTLP has not', () => {
    expect(() => protobufOf('traces', { resourceSpans: [{ unknown: 1 }] })).toThrow('unknown')
  })
})

describe('expectSame', () => {
  it('takes any order, and counts how often', () => {
    expectSame(['a', 'b', 'a'], ['a', 'a', 'b'], 'texts')
    expect(() => expectSame(['a'], ['a', 'a'], 'texts')).toThrow('1 missing')
    expect(() => expectSame(['a', 'c'], ['a'], 'texts')).toThrow('1 unexpected')
  })
})

describe('a request put together on the wire', () => {
  const bed = new KernelBed()

  it('is valid and has one item, with further bytes at every level', () => {
    for (const signal of SIGNALS) {
      for (const level of LEVELS) {
        expect(
          bed.scan(signal, withBytes(signal, level, Uint8Array.from([0xa0, 0x06, 1]))).code,
          `${signal} ${level}`,
        ).toBe(1)
        expect(
          bed.scan(signal, withBytes(signal, level, Uint8Array.from([0x07]))).code,
          `${signal} ${level}`,
        ).toBeLessThan(0)
      }
    }
  })

  it('is nested as deep as asked', () => {
    for (const depth of [10, 11, 99, 100]) expect(bed.scan('logs', nestedRequest('logs', depth)).code).toBe(1)
    for (const depth of [101, 102, 5000]) expect(bed.scan('logs', nestedRequest('logs', depth)).code).toBe(-4)
  })
})
