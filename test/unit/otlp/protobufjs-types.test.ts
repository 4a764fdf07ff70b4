import { describe, expect, it } from 'vitest'
import { createProtobufRoot, protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { MESSAGES } from '../../../src/otlp/schema.ts'

describe('protobufjs types', () => {
  it('hold every message of the schema, with its fields', () => {
    const root = createProtobufRoot()
    for (const { name, fields } of MESSAGES) {
      const type = root.lookupType(name)
      expect(type.fullName).toBe(`.${name}`)
      for (const field of fields) expect(type.fields[field.name]?.id).toBe(field.number)
    }
  })

  it('keep unknown enum numbers, as proto3 does', () => {
    const span = protobufType('opentelemetry.proto.trace.v1.Span')
    expect(span.decode(Uint8Array.of(0x30, 77)).toJSON()).toEqual({ kind: 77 })
  })

  it('refuse text that is not UTF-8, as proto3 does', () => {
    const span = protobufType('opentelemetry.proto.trace.v1.Span')
    expect(() => span.decode(Uint8Array.of(0x2a, 1, 0xff))).toThrow()
  })

  it('tell an optional zero from an absent one', () => {
    const point = protobufType('opentelemetry.proto.metrics.v1.HistogramDataPoint')
    expect(point.encode({ sum: 0 }).finish().length).toBe(9)
    expect(point.encode({}).finish().length).toBe(0)
  })

  it('write repeated numbers packed', () => {
    const stack = protobufType('opentelemetry.proto.profiles.v1development.Stack')
    expect([...stack.encode({ locationIndices: [1, 2] }).finish()]).toEqual([0x0a, 2, 1, 2])
  })
})
