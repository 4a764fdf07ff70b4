import { beforeEach, describe, expect, it } from 'vitest'
import { installKernelTables } from '../../../src/otlp/kernel-instance.ts'
import { ENGINE_STATE, THREAD_STATE } from '../../../src/shared-memory/control-block.ts'
import { serializerSlot } from '../../../src/shared-memory/layout.ts'
import { PHASE } from '../../../src/shared-memory/request-table.ts'
import { serializeUntilStopped, takeTurn } from '../../../src/workers/task.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

let bed: SharedBed
let slot: number

beforeEach(() => {
  bed = new SharedBed({ requestEntriesPerIngest: 64, queueCountMax: 64, arenaBytesPerIngest: 131_072 })
  installKernelTables(bed.shared.memory, bed.shared.layout.kernelTablesOffset)
  slot = serializerSlot(bed.shared.layout, 0)
})

function claim(requestNumber: number): boolean {
  return bed.shared.requests.claim(requestNumber, slot)
}

describe('a turn', () => {
  it('takes one request of each signal, so that a flood of one does not delay the others', () => {
    for (let number = 0; number < 30; number++) bed.queue(number, { signal: 2 })
    bed.queue(40, { signal: 0 })
    bed.queue(41, { signal: 3 })
    const served: number[] = []
    const serializer = { serialize: (requestNumber: number) => void served.push(requestNumber) }
    expect(takeTurn(bed.shared, serializer, [0, 2, 3], claim)).toBe(true)
    expect(served).toEqual([40, 0, 41])
    expect(takeTurn(bed.shared, serializer, [0, 2, 3], claim)).toBe(true)
    expect(served).toEqual([40, 0, 41, 1])
    expect(bed.shared.requests.holder(1)).toBe(slot)
  })

  it('leaves the signals of others alone', () => {
    bed.queue(1, { signal: 1 })
    expect(takeTurn(bed.shared, { serialize: () => {} }, [0, 2, 3], claim)).toBe(false)
    expect(bed.shared.requests.phase(1)).toBe(PHASE.QUEUED)
  })
})

describe('a serializer thread', () => {
  it('returns at once when the engine has stopped, says so, and takes nothing any more', () => {
    bed.shared.control.engineState = ENGINE_STATE.STOPPED
    bed.queue(1)
    const { memory, layout } = bed.shared
    const passThrough = [false, false, false, false]
    serializeUntilStopped({ memory, layout, serializerIndex: 0, passThrough, recordBytesMax: 1000, mendsText: false })
    expect(bed.shared.control.threadState(slot)).toBe(THREAD_STATE.CLOSED)
    expect(bed.shared.requests.phase(1)).toBe(PHASE.QUEUED)
  })
})
