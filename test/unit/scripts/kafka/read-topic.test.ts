import { describe, expect, it } from 'vitest'
import { type KafkaRecord, RecordStream } from '../../../../scripts/kafka/read-topic.ts'

const MARK = 'e1f2a3b4c5d6'

function printed(head: string, body: (string | Buffer)[]): Buffer {
  return Buffer.concat([Buffer.from(`${head}\n`), ...body.map((part) => Buffer.from(part)), Buffer.from(MARK)])
}

function recordsOf(output: Buffer, chunkBytes: number): { records: KafkaRecord[]; pendingBytes: number } {
  const records: KafkaRecord[] = []
  const stream = new RecordStream(MARK, (record) =>
    records.push({ ...record, payload: record.payload && Buffer.from(record.payload) }),
  )
  for (let start = 0; start < output.length; start += chunkBytes)
    stream.append(output.subarray(start, start + chunkBytes))
  return { records, pendingBytes: stream.pendingBytes }
}

describe('kcat output', () => {
  const binary = Buffer.from([0, 10, 32, 255, 10, 10, 0x7b])
  const output = Buffer.concat([
    printed('2 7 1700000000000 3 7', ['key', binary, 'otlp.items=5,content-type=application/json; a,b']),
    printed('0 8 1700000000001 -1 -1', ['']),
    printed('0 9 1700000000002 0 0', ['otlp.signal=logs']),
  ])

  it.each([1, 2, 7, 1000])('gives the same records in chunks of %i bytes', (chunkBytes) => {
    const { records, pendingBytes } = recordsOf(output, chunkBytes)
    expect(records).toEqual([
      {
        partition: 2,
        offset: 7,
        timestampMs: 1700000000000,
        key: Buffer.from('key'),
        payload: binary,
        headers: { 'otlp.items': '5', 'content-type': 'application/json; a,b' },
      },
      { partition: 0, offset: 8, timestampMs: 1700000000001, key: null, payload: null, headers: {} },
      {
        partition: 0,
        offset: 9,
        timestampMs: 1700000000002,
        key: Buffer.alloc(0),
        payload: Buffer.alloc(0),
        headers: { 'otlp.signal': 'logs' },
      },
    ])
    expect(pendingBytes).toBe(0)
  })

  it('does not mistake the mark inside a payload for the end of the record', () => {
    const payload = Buffer.from(`x${MARK}y`)
    const { records, pendingBytes } = recordsOf(printed(`0 0 1 -1 ${payload.length}`, [payload]), 5)
    expect(records.map((record) => record.payload)).toEqual([payload])
    expect(pendingBytes).toBe(0)
  })

  it('shows a record that was cut off', () => {
    expect(recordsOf(output.subarray(0, output.length - 1), 1000).pendingBytes).toBeGreaterThan(0)
  })

  it('refuses a line it does not understand', () => {
    expect(() => recordsOf(Buffer.from('% ERROR: broker down\n'), 100)).toThrow('unexpected line')
  })
})
