import { beforeEach, expect, it } from 'vitest'
import { Bodies } from '../../../src/ingest/bodies.ts'
import { NO_NUMBER, Numbers } from '../../../src/ingest/numbers.ts'
import { Arena } from '../../../src/shared-memory/arena.ts'
import { PHASE, REQUEST_ENTRY_BYTES, RequestTable } from '../../../src/shared-memory/request-table.ts'

const ARENA_OFFSET = 4096
const ARENA_BYTES = 8192
const ENTRIES = 4

let requests: RequestTable
let arena: Arena
let bodies: Bodies
let memory: Buffer
beforeEach(() => {
  const buffer = new SharedArrayBuffer(ARENA_OFFSET + ARENA_BYTES)
  memory = Buffer.from(buffer)
  requests = new RequestTable(buffer, 0, ENTRIES)
  expect(ENTRIES * REQUEST_ENTRY_BYTES).toBeLessThan(ARENA_OFFSET)
  arena = new Arena(ARENA_OFFSET, ARENA_BYTES)
  bodies = new Bodies(requests, new Numbers(0, ENTRIES), arena, memory)
})

it('gives a number and a block together', () => {
  const requestNumber = bodies.open(2, 1, 3000)
  expect([requests.phase(requestNumber), requests.signal(requestNumber), requests.payloadBytes(requestNumber)]).toEqual(
    [PHASE.RECEIVING, 2, 3000],
  )
  expect([bodies.openCount, arena.usedBytes]).toEqual([1, 4096])
})

it('takes neither when one of them is missing', () => {
  expect(bodies.open(0, 0, ARENA_BYTES + 1)).toBe(NO_NUMBER)
  expect([bodies.openCount, arena.usedBytes]).toEqual([0, 0])
  for (let count = 0; count < ENTRIES; count++) expect(bodies.open(0, 0, 1)).not.toBe(NO_NUMBER)
  expect(bodies.open(0, 0, 1)).toBe(NO_NUMBER)
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
