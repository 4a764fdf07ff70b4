import { beforeEach, describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../../src/base/units.ts'
import { Bodies } from '../../../src/ingest/bodies.ts'
import { JsonIntake } from '../../../src/ingest/json-intake.ts'
import { Numbers } from '../../../src/ingest/numbers.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { installKernelTables, instantiateKernel } from '../../../src/otlp/kernel-instance.ts'
import type { Arena } from '../../../src/shared-memory/arena.ts'
import { METRICS, readJson, TRACES } from '../../bed/json-request.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

const ARENA_BYTES = MIB
const QUEUE_BYTES_MAX = 600 * KIB
const ENTRIES = 8

let bed: SharedBed
let arena: Arena
let bodies: Bodies
beforeEach(() => {
  bed = new SharedBed({ arenaBytesPerIngest: ARENA_BYTES })
  const { requests, heldBytes, bytes } = bed.shared
  arena = bed.shared.arena(0)
  const numbers = new Numbers(0, ENTRIES)
  bodies = new Bodies({ requests, heldBytes, numbers, arena, bytes, ingestIndex: 0, queueBytesMax: QUEUE_BYTES_MAX })
  installKernelTables(bed.shared.memory, bed.shared.layout.kernelTablesOffset)
})

function intake({ requestBytesMax = 512 * KIB, isLenient = false } = {}): JsonIntake {
  const { shared } = bed
  const kernel = instantiateKernel(shared.memory, shared.layout.kernelTablesOffset)
  return new JsonIntake({ shared, kernel, bodies, requestBytesMax, isLenient })
}

function received(signalIndex: number, text: string): number {
  const requestNumber = bodies.open(signalIndex, 0, text.length)
  bodies.write(requestNumber, 0, Buffer.from(text))
  return requestNumber
}

/** [bytes in blocks, bytes held for the signal], and that both are back to nothing after a release */
function occupied(requestNumber: number): [number, number] {
  const { requests, heldBytes } = bed.shared
  const signalIndex = requests.signal(requestNumber)
  const found: [number, number] = [arena.usedBytes, heldBytes.total(signalIndex)]
  bodies.release(requestNumber)
  expect([arena.usedBytes, heldBytes.total(signalIndex), bodies.openCount]).toEqual([0, 0, 0])
  return found
}

function payload(requestNumber: number): Buffer {
  const { requests, bytes } = bed.shared
  const offset = requests.payloadOffset(requestNumber)
  return Buffer.from(bytes.subarray(offset, offset + requests.payloadBytes(requestNumber)))
}

const spans = (count: number, name: string) =>
  `{"resourceSpans":[{"scopeSpans":[{"spans":[${Array(count).fill(`{"name":"${name}","kind":3}`).join()}]}]}]}`
const counts = (count: number) =>
  `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"bucketCounts":[${Array(count).fill('1').join()}]}]}}]}]}]}`

describe('a text', () => {
  it('becomes protobuf in a block of its own size, and nothing else stays occupied', () => {
    const text = spans(2000, 'n'.repeat(10))
    const requestNumber = received(TRACES, text)
    expect(intake().decode(requestNumber)).toBe(VERDICT.PENDING)
    expect(payload(requestNumber).equals(readJson(TRACES, text))).toBe(true)
    const bodyBytes = payload(requestNumber).length
    expect(bodyBytes).toBeLessThan(32 * KIB)
    expect(occupied(requestNumber)).toEqual([32 * KIB, Math.ceil(bodyBytes / KIB) * KIB])
  })

  it('stays in the block it was decoded into when that is of the right size', () => {
    const text = spans(1, 'n'.repeat(40 * KIB))
    const requestNumber = received(TRACES, text)
    expect(intake().decode(requestNumber)).toBe(VERDICT.PENDING)
    expect(payload(requestNumber).equals(readJson(TRACES, text))).toBe(true)
    expect(occupied(requestNumber)[0]).toBe(64 * KIB)
  })

  it('gets more room when it becomes longer than it is', () => {
    const text = counts(20_000)
    const requestNumber = received(METRICS, text)
    expect(intake().decode(requestNumber)).toBe(VERDICT.PENDING)
    expect(payload(requestNumber).equals(readJson(METRICS, text))).toBe(true)
    expect(payload(requestNumber).length).toBeGreaterThan(160_000)
    expect(occupied(requestNumber)[0]).toBe(256 * KIB)
  })

  it('has room for the hardest number, wherever it stands', () => {
    for (let count = 0; count < 400; count += 3) {
      const bounds = `${'0,'.repeat(count)}9007199254740993.00`
      const text = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"explicitBounds":[${bounds}]}]}}]}]}]}`
      const requestNumber = received(METRICS, text)
      expect(intake().decode(requestNumber), `${count} numbers before`).toBe(VERDICT.PENDING)
      expect(payload(requestNumber).readDoubleLE(payload(requestNumber).length - 8)).toBe(9007199254740992)
      bodies.release(requestNumber)
    }
  })

  it('is too large when what it stands for exceeds the limit of a request', () => {
    const requestNumber = received(METRICS, counts(20_000))
    expect(intake({ requestBytesMax: 100 * KIB }).decode(requestNumber)).toBe(VERDICT.BODY_TOO_LARGE)
    expect(occupied(requestNumber)).toEqual([64 * KIB, 40 * KIB])
  })

  it('of the limit or a little less is taken, whatever room the kernel wants to have left; a byte above it is not', () => {
    // more protobuf than text: 8 bytes for two characters, so that the text is no longer than the limit
    const text = counts(10_000)
    const bytes = readJson(METRICS, text).length
    for (const spare of [0, 1, 191, 1279, -1]) {
      const requestNumber = received(METRICS, text)
      const verdict = intake({ requestBytesMax: bytes + spare }).decode(requestNumber)
      expect(verdict, `${spare} bytes to spare`).toBe(spare < 0 ? VERDICT.BODY_TOO_LARGE : VERDICT.PENDING)
      bodies.release(requestNumber)
    }
    expect([arena.usedBytes, bodies.openCount]).toEqual([0, 0])
  })

  it('is too large, not refused for now, when the arena never has a block for the limit and the reserve', () => {
    // the limit is half of the arena, and the rest of it has no block of twice that
    const requestNumber = received(TRACES, spans(1, 'n'.repeat(512 * KIB - 200)))
    expect(intake({ requestBytesMax: 512 * KIB }).decode(requestNumber)).toBe(VERDICT.BODY_TOO_LARGE)
    expect(occupied(requestNumber)[0]).toBe(512 * KIB)
  })

  it('is refused for now when there is no memory for a second block', () => {
    const requestNumber = received(TRACES, spans(1, 'n'.repeat(520 * KIB)))
    expect(intake({ requestBytesMax: MIB }).decode(requestNumber)).toBe(VERDICT.MEMORY_FULL)
    expect(occupied(requestNumber)[0]).toBe(MIB)
  })

  it('is refused for now when what it becomes does not fit the queue', () => {
    bed.shared.heldBytes.add(0, METRICS, 500 * KIB)
    const requestNumber = received(METRICS, counts(20_000))
    expect(intake().decode(requestNumber)).toBe(VERDICT.QUEUE_FULL)
    expect(arena.usedBytes).toBe(64 * KIB)
    bodies.release(requestNumber)
    expect([arena.usedBytes, bed.shared.heldBytes.total(METRICS)]).toEqual([0, 500 * KIB])
  })

  it('that is no request gives its second block back, and tells why', () => {
    const requestNumber = received(TRACES, '{"resourceSpans":{}}')
    const json = intake()
    expect(json.decode(requestNumber)).toBe(VERDICT.BAD_BODY)
    expect(json.faultText(requestNumber)).toBe(
      'Invalid OTLP/JSON at byte 17, field resourceSpans: must be an array, found {}}',
    )
    expect(occupied(requestNumber)).toEqual([KIB, KIB])
  })

  it('of no byte is no request', () => {
    const requestNumber = received(TRACES, '')
    expect(intake().decode(requestNumber)).toBe(VERDICT.BAD_BODY)
  })
})

describe('keys in snake_case', () => {
  const text = '{"resource_spans":[{"scope_spans":[{"spans":[{"name":"n"}]}]}]}'

  it('leave nothing, of which the client is warned', () => {
    const requestNumber = received(TRACES, text)
    const json = intake()
    expect(json.decode(requestNumber)).toBe(VERDICT.PENDING)
    expect(json.warning(requestNumber)).toContain('use resourceSpans instead of resource_spans')
    expect(occupied(requestNumber)).toEqual([KIB, 0])
  })

  it('are read with otlp.json.lenient', () => {
    const requestNumber = received(TRACES, text)
    const json = intake({ isLenient: true })
    expect(json.decode(requestNumber)).toBe(VERDICT.PENDING)
    expect(json.warning(requestNumber)).toBeUndefined()
    expect(payload(requestNumber).length).toBeGreaterThan(5)
  })

  it('are worth no warning beside what was understood', () => {
    const requestNumber = received(TRACES, '{"resourceSpans":[{"schema_url":"x"}]}')
    const json = intake()
    expect(json.decode(requestNumber)).toBe(VERDICT.PENDING)
    expect(json.warning(requestNumber)).toBeUndefined()
  })
})
