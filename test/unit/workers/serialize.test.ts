import { beforeEach, describe, expect, it } from 'vitest'
import { installKernelTables, instantiateKernel, KERNEL_ERROR, type Kernel } from '../../../src/otlp/kernel-instance.ts'
import { ENGINE_STATE } from '../../../src/shared-memory/control-block.ts'
import { serializerSlot } from '../../../src/shared-memory/layout.ts'
import { type OutRingReader, RECORD_KIND } from '../../../src/shared-memory/out-ring.ts'
import { PHASE } from '../../../src/shared-memory/request-table.ts'
import { Serializer } from '../../../src/workers/serialize.ts'
import { SharedBed } from '../../bed/shared-bed.ts'
import { logsRequest, tracesRequest } from '../../generator/telemetry.ts'

const RECORD_BYTES_MAX = 20_000

let bed: SharedBed
let reader: OutRingReader
let slot: number

beforeEach(() => {
  bed = new SharedBed()
  installKernelTables(bed.shared.memory, bed.shared.layout.kernelTablesOffset)
  reader = bed.shared.outRingReader(1)
  slot = serializerSlot(bed.shared.layout, 1)
})

function serializer(recordBytesMax = RECORD_BYTES_MAX, kernel = realKernel()): Serializer {
  const { memory, layout } = bed.shared
  const passThrough = [false, true, false, false]
  return new Serializer(bed.shared, kernel, {
    memory,
    layout,
    serializerIndex: 1,
    passThrough,
    recordBytesMax,
    mendsText: false,
  })
}

function realKernel(): Kernel {
  return instantiateKernel(bed.shared.memory, bed.shared.layout.kernelTablesOffset)
}

function committed(): { requestNumber: number; generation: number; kind: number; text: string } {
  expect(reader.next()).toBe(true)
  const { requestNumber, generation, kind, payloadOffset, payloadBytes } = reader
  const text = bed.shared.bytes.toString('utf8', payloadOffset, payloadOffset + payloadBytes)
  reader.release()
  return { requestNumber, generation, kind, text }
}

describe('a serializer', () => {
  it('commits the OTLP/JSON of a claimed request under its number and generation, and rings for main', () => {
    bed.take(5, slot, { body: tracesRequest(2) })
    const seen = bed.shared.control.bell(0).sequence()
    serializer().serialize(5)
    const record = committed()
    expect(record).toMatchObject({ requestNumber: 5, kind: RECORD_KIND.RECORD })
    expect(record.generation).toBe(bed.shared.requests.generation(5))
    expect(Object.keys(JSON.parse(record.text))).toEqual(['resourceSpans'])
    expect(bed.shared.control.bell(0).sequence()).not.toBe(seen)
  })

  it('counts what it serialized under its own slot', () => {
    bed.take(5, slot, { body: logsRequest(2), signal: 2 })
    serializer().serialize(5)
    const { text } = committed()
    const { countersReader } = bed.shared
    expect(countersReader.ofThread(slot, 'serialized_requests', 2)).toBe(1)
    expect(countersReader.ofThread(slot, 'serialized_bytes', 2)).toBe(Buffer.byteLength(text))
  })

  it('does not serialize for a client that has its error already', () => {
    bed.take(5, slot)
    bed.shared.requests.markAnswered(5)
    serializer().serialize(5)
    expect(committed()).toMatchObject({ requestNumber: 5, kind: RECORD_KIND.CANCELLED, text: '' })
  })

  it('serializes an acknowledged request, answered or not', () => {
    bed.take(5, slot, { acked: true, body: tracesRequest(2) })
    bed.shared.requests.markAnswered(5)
    serializer().serialize(5)
    expect(committed().kind).toBe(RECORD_KIND.RECORD)
  })

  it('leaves a pass-through request, met through an old cell, to the main thread', () => {
    bed.take(5, slot, { signal: 1 })
    serializer().serialize(5)
    expect(committed()).toMatchObject({ kind: RECORD_KIND.FROM_ARENA, text: '' })
  })

  it('tries again with the largest record when JSON grows more than usual', () => {
    const rooms: number[] = []
    const kernel: Kernel = {
      ...realKernel(),
      scan: () => 1,
      transcode: (_signal, _offset, _bytes, _outOffset, outBytesMax) => {
        rooms.push(outBytesMax)
        return rooms.length === 1 ? KERNEL_ERROR.OUTPUT_FULL : 0
      },
    }
    bed.take(5, slot)
    serializer(RECORD_BYTES_MAX, kernel).serialize(5)
    expect(rooms[0]).toBeLessThan(RECORD_BYTES_MAX)
    expect(rooms[1]).toBeGreaterThanOrEqual(RECORD_BYTES_MAX)
    expect(committed().kind).toBe(RECORD_KIND.RECORD)
  })

  it('says "too large" when even that does not suffice', () => {
    bed.take(6, slot, { signal: 2, body: logsRequest(2) })
    serializer(100).serialize(6)
    expect(committed()).toMatchObject({ requestNumber: 6, kind: RECORD_KIND.TOO_LARGE, text: '' })
  })

  it('says "unserializable" when the body is not what was scanned', () => {
    bed.take(5, slot, { body: Buffer.from([0x0a, 0x7f]) })
    serializer().serialize(5)
    expect(committed()).toMatchObject({ requestNumber: 5, kind: RECORD_KIND.UNSERIALIZABLE })
  })

  it('waits for room in its ring until the engine has stopped, and then leaves the request claimed', () => {
    bed.shared.control.engineState = ENGINE_STATE.STOPPED
    const one = serializer()
    bed.take(5, slot, { body: tracesRequest(2) })
    for (let round = 0; round < 1000; round++) one.serialize(5)
    let records = 0
    for (; reader.next(); reader.release()) records++
    expect(records).toBeGreaterThan(1)
    expect(records).toBeLessThan(1000)
    expect(bed.shared.requests.phase(5)).toBe(PHASE.TAKEN)
  })
})
