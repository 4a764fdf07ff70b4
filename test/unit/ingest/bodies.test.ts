import { beforeEach, expect, it } from 'vitest'
import { Bodies } from '../../../src/ingest/bodies.ts'
import { Numbers } from '../../../src/ingest/numbers.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { Arena } from '../../../src/shared-memory/arena.ts'
import { HeldBytes, heldBytesBytes } from '../../../src/shared-memory/held-bytes.ts'
import { PHASE, REQUEST_ENTRY_BYTES, RequestTable } from '../../../src/shared-memory/request-table.ts'

const ARENA_OFFSET = 4096
const ARENA_BYTES = 8192
const ENTRIES = 4
const HELD_OFFSET = 2048
const QUEUE_BYTES_MAX = 16_384

let requests: RequestTable
let arena: Arena
let heldBytes: HeldBytes
let bodies: Bodies
let memory: Buffer
beforeEach(() => {
  const buffer = new SharedArrayBuffer(ARENA_OFFSET + ARENA_BYTES)
  memory = Buffer.from(buffer)
  requests = new RequestTable(buffer, 0, ENTRIES)
  expect(ENTRIES * REQUEST_ENTRY_BYTES).toBeLessThan(HELD_OFFSET)
  expect(HELD_OFFSET + heldBytesBytes(1)).toBeLessThan(ARENA_OFFSET)
  arena = new Arena(ARENA_OFFSET, ARENA_BYTES)
  heldBytes = new HeldBytes(buffer, HELD_OFFSET, 1)
  const numbers = new Numbers(0, ENTRIES)
  bodies = new Bodies({
    requests,
    heldBytes,
    numbers,
    arena,
    bytes: memory,
    ingestIndex: 0,
    queueBytesMax: QUEUE_BYTES_MAX,
  })
})

it('gives a number and a block together', () => {
  const requestNumber = bodies.open(2, 1, 3000)
  expect([requests.phase(requestNumber), requests.signal(requestNumber), requests.payloadBytes(requestNumber)]).toEqual(
    [PHASE.RECEIVING, 2, 3000],
  )
  expect([bodies.openCount, arena.usedBytes]).toEqual([1, 4096])
})

it('takes neither when one of them is missing', () => {
  expect(bodies.open(0, 0, ARENA_BYTES + 1)).toBe(-VERDICT.MEMORY_FULL)
  expect([bodies.openCount, arena.usedBytes, heldBytes.total(0)]).toEqual([0, 0, 0])
  for (let count = 0; count < ENTRIES; count++) expect(bodies.open(0, 0, 1)).toBeGreaterThanOrEqual(0)
  expect(bodies.open(0, 0, 1)).toBe(-VERDICT.MEMORY_FULL)
  expect(arena.usedBytes).toBe(ENTRIES * 1024)
})

it('writes the parts of a body one after the other, and nowhere else', () => {
  bodies.open(0, 0, 1024)
  const requestNumber = bodies.open(0, 0, 10)
  bodies.write(requestNumber, 0, Buffer.from('01234'))
  bodies.write(requestNumber, 5, Buffer.from('56789'))
  const offset = requests.payloadOffset(requestNumber)
  expect(String(memory.subarray(offset, offset + 10))).toBe('0123456789')
  memory.fill(0, offset, offset + 10)
  expect(memory.subarray(ARENA_OFFSET).every((byte) => byte === 0)).toBe(true)
})

it('gives both back', () => {
  const requestNumber = bodies.open(0, 0, 5000)
  bodies.release(requestNumber)
  expect([bodies.openCount, arena.usedBytes, requests.phase(requestNumber)]).toEqual([0, 0, PHASE.FREE])
})

it('holds the bytes of a body from its opening until its release, for its signal alone', () => {
  const requestNumber = bodies.open(1, 0, 3000)
  expect([heldBytes.total(1), heldBytes.total(0)]).toEqual([3072, 0])
  bodies.release(requestNumber)
  expect(heldBytes.total(1)).toBe(0)
})

it('refuses what would exceed the bytes of its signal, and takes it for another', () => {
  heldBytes.add(0, 1, QUEUE_BYTES_MAX - 1024)
  expect(bodies.open(1, 0, 1025)).toBe(-VERDICT.QUEUE_FULL)
  expect([bodies.openCount, arena.usedBytes]).toEqual([0, 0])
  expect(bodies.open(2, 0, 1025)).toBeGreaterThanOrEqual(0)
  expect(bodies.open(1, 0, 1024)).toBeGreaterThanOrEqual(0)
})

it('shrinks a body without losing count of what is held', () => {
  const requestNumber = bodies.open(1, 0, 1500)
  bodies.shrink(requestNumber, 1400)
  expect([heldBytes.total(1), requests.payloadBytes(requestNumber)]).toEqual([2048, 1400])
  bodies.release(requestNumber)
  expect([heldBytes.total(1), arena.usedBytes]).toEqual([0, 0])
})

it('replaces a body by one in another block, and fits the block to it', () => {
  const requestNumber = bodies.open(1, 0, 1500)
  const offset = bodies.borrow(4096)
  memory.write('replaced', offset)
  expect(bodies.replace(requestNumber, offset, 8)).toBe(VERDICT.PENDING)
  expect([heldBytes.total(1), arena.usedBytes]).toEqual([1024, 4096])
  bodies.fit(requestNumber)
  const fitted = requests.payloadOffset(requestNumber)
  expect([arena.usedBytes, String(memory.subarray(fitted, fitted + 8))]).toEqual([1024, 'replaced'])
  bodies.release(requestNumber)
  expect([heldBytes.total(1), arena.usedBytes]).toEqual([0, 0])
})
