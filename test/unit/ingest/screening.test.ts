import { beforeEach, describe, expect, it } from 'vitest'
import { Bodies } from '../../../src/ingest/bodies.ts'
import { Numbers } from '../../../src/ingest/numbers.ts'
import { Remarks } from '../../../src/ingest/remarks.ts'
import { Screening, type ValidationMode } from '../../../src/ingest/screening.ts'
import { Tally } from '../../../src/ingest/tally.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { installKernelTables, instantiateKernel, KERNEL_ERROR, type Kernel } from '../../../src/otlp/kernel-instance.ts'
import type { Arena } from '../../../src/shared-memory/arena.ts'
import { ingestSlot } from '../../../src/shared-memory/layout.ts'
import { SharedBed } from '../../bed/shared-bed.ts'
import { BAD_TEXT, type Decoded } from '../../generator/sift-reference.ts'
import { encodeSpoiled } from '../../generator/spoil.ts'

const ARENA_BYTES = 65_536
const ITEM_BYTES_MAX = 3000

let bed: SharedBed
let kernel: Kernel
let arena: Arena
let bodies: Bodies
let remarks: Remarks
beforeEach(() => {
  bed = new SharedBed({ arenaBytesPerIngest: ARENA_BYTES })
  const { memory, layout, requests, heldBytes, bytes } = bed.shared
  installKernelTables(memory, layout.kernelTablesOffset)
  kernel = instantiateKernel(memory, layout.kernelTablesOffset)
  arena = bed.shared.arena(0)
  const numbers = new Numbers(0, 8)
  bodies = new Bodies({ requests, heldBytes, numbers, arena, bytes, ingestIndex: 0, queueBytesMax: ARENA_BYTES })
  remarks = new Remarks()
})

function screening(validation: ValidationMode = 'spec'): Screening {
  const tally = new Tally(bed.shared.counters(ingestSlot(0)))
  return new Screening({ shared: bed.shared, kernel, bodies, remarks, tally, validation, itemBytesMax: ITEM_BYTES_MAX })
}

/** @returns its number, and what scan says */
function open(body: Uint8Array): [requestNumber: number, scanned: number] {
  const requestNumber = bodies.open(0, 0, body.length)
  bodies.write(requestNumber, 0, Buffer.from(body))
  return [requestNumber, kernel.scan(0, bed.shared.requests.payloadOffset(requestNumber), body.length, 0, 0)]
}

function spans(...items: object[]): Buffer {
  return encodeSpoiled('traces', { resourceSpans: [{ scopeSpans: [{ spans: items }] }] } as Decoded)
}

function bodyOf(requestNumber: number): Buffer {
  const { requests, bytes } = bed.shared
  const offset = requests.payloadOffset(requestNumber)
  return Buffer.from(bytes.subarray(offset, offset + requests.payloadBytes(requestNumber)))
}

function count(name: 'rejected_items' | 'rejected_items_text' | 'rejected_items_policy' | 'warned_requests'): number {
  return bed.shared.countersReader.ofThread(ingestSlot(0), name, 0)
}

describe('screening', () => {
  it('takes out what is rejected, in place, and says so', () => {
    const [requestNumber, scanned] = open(spans({ name: 'a' }, { name: 'x'.repeat(2000) + BAD_TEXT }, { name: 'b' }))
    expect(scanned).toBe(KERNEL_ERROR.BAD_UTF8)
    expect(screening().screen(requestNumber, scanned)).toEqual({ verdict: VERDICT.PENDING, items: 3, itemsLeft: 2 })
    expect(bodyOf(requestNumber)).toEqual(spans({ name: 'a' }, { name: 'b' }))
    expect(remarks.take(requestNumber)).toEqual({
      rejectedItems: 1,
      text: expect.stringContaining('resource_spans[0].scope_spans[0].spans[1].name'),
    })
    expect([count('rejected_items'), count('rejected_items_text'), count('rejected_items_policy')]).toEqual([1, 1, 0])
  })

  it('holds no more than before, and nothing when the request is released', () => {
    const [requestNumber, scanned] = open(spans({ name: 'x'.repeat(2500) + BAD_TEXT }, {}))
    const usedBytes = arena.usedBytes
    screening().screen(requestNumber, scanned)
    expect([arena.usedBytes, bed.shared.heldBytes.total(0)]).toEqual([usedBytes, 1024])
    bodies.release(requestNumber)
    expect([arena.usedBytes, bed.shared.heldBytes.total(0)]).toEqual([0, 0])
  })

  it('leaves alone what is whole, however large', () => {
    const body = spans({ name: 'x'.repeat(2000) }, { name: 'y'.repeat(2000) })
    const [requestNumber, scanned] = open(body)
    expect(screening().screen(requestNumber, scanned)).toEqual({ verdict: VERDICT.PENDING, items: 2, itemsLeft: 2 })
    expect([bodyOf(requestNumber).equals(body), remarks.isEmpty]).toEqual([true, true])
  })

  it.each<[ValidationMode, left: number]>([
    ['off', 3],
    ['spec', 2],
    ['strict', 1],
  ])('with otlp.validation=%s leaves %i of three', (mode, itemsLeft) => {
    const [requestNumber, scanned] = open(
      spans(
        { name: 'no ids' },
        { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) },
        { spanId: Buffer.alloc(3, 1) },
      ),
    )
    expect(screening(mode).screen(requestNumber, scanned)).toMatchObject({ items: 3, itemsLeft })
    expect(count('rejected_items')).toBe(3 - itemsLeft)
  })

  it('warns, and counts the warning', () => {
    const body = spans({ attributes: [{ keyStrindex: 1 }] })
    const [requestNumber, scanned] = open(body)
    expect(scanned).toBe(KERNEL_ERROR.STRINDEX)
    expect(screening('off').screen(requestNumber, scanned)).toMatchObject({ items: 1, itemsLeft: 1 })
    expect(remarks.take(requestNumber)).toEqual({ rejectedItems: 0, text: expect.stringContaining('key_strindex') })
    expect([count('warned_requests'), bodyOf(requestNumber).equals(body)]).toEqual([1, true])
  })

  it('passes on why a request does not decode, also when an item before is faulty', () => {
    const [requestNumber, scanned] = open(spans({ name: BAD_TEXT }, { name: 'abc' }).subarray(0, -1))
    expect(screening().screen(requestNumber, scanned)).toMatchObject({ verdict: KERNEL_ERROR.TRUNCATED })
    expect(remarks.isEmpty).toBe(true)
  })

  it('is refused for a time when there is no room for its report', () => {
    const name = 'x'.repeat(2000)
    const items = Array.from({ length: 20 }, (_, index) => ({ name: index === 7 ? name + BAD_TEXT : name }))
    const [requestNumber, scanned] = open(spans(...items))
    expect(arena.usedBytes).toBe(ARENA_BYTES)
    expect(screening().screen(requestNumber, scanned)).toMatchObject({ verdict: VERDICT.MEMORY_FULL })
  })
})
