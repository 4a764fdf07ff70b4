import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../../../scripts/kafka/wait-until.ts'
import { KafkaConnection } from '../../../src/produce/connection.ts'
import { Delivery } from '../../../src/produce/delivery.ts'
import { DutyCycle } from '../../../src/produce/duty-cycle.ts'
import { PRODUCED } from '../../../src/produce/producer-port.ts'
import { ENGINE_STATE } from '../../../src/shared-memory/control-block.ts'
import { serializerSlot } from '../../../src/shared-memory/layout.ts'
import { type OutRingWriter, RECORD_KIND, type RecordKind } from '../../../src/shared-memory/out-ring.ts'
import { OUTCOME, PHASE } from '../../../src/shared-memory/request-table.ts'
import { capturedLog } from '../../bed/captured-log.ts'
import { FakeFactory } from '../../bed/fake-producer.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

const PASS_THROUGH = [false, true, false, false]
const METRICS = 1
const DEADLINE_MS = 5000

let bed: SharedBed
let factory: FakeFactory
let connection: KafkaConnection
let delivery: Delivery
let duty: DutyCycle
let rings: OutRingWriter[]
let slot: number

beforeEach(() => {
  bed = new SharedBed({ requestEntriesPerIngest: 128, queueCountMax: 128, arenaBytesPerIngest: 262_144 })
  factory = new FakeFactory()
  const { log } = capturedLog()
  delivery = new Delivery(bed.shared, { topics: ['t', 'm', 'l', 'p'], formats: formats(), recordBytesMax: 1000, log })
  connection = new KafkaConnection({
    factory: factory.create,
    bootstrapServers: 'broker:9092',
    log,
    onDelivered: (opaque, error) => delivery.delivered(opaque, error),
    onHealth: () => {},
    onReplaced: () => delivery.producerReplaced(),
    onCreated: () => {},
  })
  duty = new DutyCycle(bed.shared, connection, delivery, { passThrough: PASS_THROUGH, pollIntervalMs: 1 })
  rings = [bed.shared.outRingWriter(0), bed.shared.outRingWriter(1)]
  slot = serializerSlot(bed.shared.layout, 0)
})

afterEach(() => {
  duty.stop()
  return connection.stop()
})

function formats(): ('json' | 'protobuf')[] {
  return PASS_THROUGH.map((passes) => (passes ? 'protobuf' : 'json'))
}

/** What a serializer does with a request that it has claimed. */
function commit(requestNumber: number, payload = '{}', kind: RecordKind = RECORD_KIND.RECORD, serializer = 0): void {
  const ring = rings[serializer]!
  const offset = ring.claim(payload.length)
  bed.shared.bytes.write(payload, offset)
  ring.commit(requestNumber, bed.shared.requests.generation(requestNumber), kind, payload.length)
}

async function started(): Promise<void> {
  connection.start()
  await waitUntil(() => connection.port, { deadlineMs: DEADLINE_MS, what: 'a producer' })
  duty.start()
}

function eventually(what: string, condition: () => boolean): Promise<boolean> {
  return waitUntil(condition, { deadlineMs: DEADLINE_MS, pollMs: 2, what })
}

describe('a record in an out ring', () => {
  it('is produced from the ring, and its room given back', async () => {
    bed.take(1, slot)
    commit(1, '{"a":1}')
    await started()
    await eventually('a record', () => factory.last.records.length === 1)
    expect(factory.last.records[0]).toMatchObject({ topic: 't', payload: '{"a":1}' })
    const reader = bed.shared.outRingReader(0)
    expect(reader.next()).toBe(false)
  })

  it('wakes an idle cycle by the bell of the main thread', async () => {
    await started()
    bed.take(1, slot)
    commit(1)
    bed.shared.control.bell(0).ring()
    await eventually('a record', () => factory.last.records.length === 1)
  })

  it('of an earlier life, of another holder or of a request in another phase is thrown away', async () => {
    bed.take(1, slot)
    commit(1, 'old life')
    bed.shared.requests.nextGeneration(1)
    bed.take(2, serializerSlot(bed.shared.layout, 1))
    commit(2, 'not mine')
    bed.queue(3)
    commit(3, 'not claimed')
    bed.take(4, slot)
    commit(4, 'good')
    await started()
    await eventually('a record', () => factory.last.records.length > 0)
    expect(factory.last.records.map(({ payload }) => payload)).toEqual(['good'])
  })

  it('without a payload settles its request as its kind says', async () => {
    const kinds = [RECORD_KIND.TOO_LARGE, RECORD_KIND.CANCELLED, RECORD_KIND.UNSERIALIZABLE]
    kinds.forEach((kind, number) => {
      bed.take(number, slot)
      commit(number, '', kind)
    })
    await started()
    await eventually('three outcomes', () => bed.shared.requests.phase(2) === PHASE.SETTLED)
    expect(bed.settled()).toEqual([
      [0, OUTCOME.TOO_LARGE],
      [1, OUTCOME.CANCELLED],
      [2, OUTCOME.UNKNOWN],
    ])
  })

  it('waits in the ring while the producer is full, and goes out in order afterwards', async () => {
    await started()
    factory.last.answers = [PRODUCED.FULL, PRODUCED.FULL, PRODUCED.FULL]
    for (let number = 0; number < 3; number++) {
      bed.take(number, slot)
      commit(number, String(number))
    }
    bed.shared.control.bell(0).ring()
    await eventually('three records', () => factory.last.records.length === 3)
    expect(factory.last.records.map(({ payload }) => payload)).toEqual(['0', '1', '2'])
  })

  it('waits while there is no producer, unless its client was answered already', async () => {
    factory.failures = Number.POSITIVE_INFINITY
    bed.take(1, slot)
    commit(1)
    bed.take(2, slot)
    commit(2)
    bed.shared.requests.markAnswered(1)
    connection.start()
    duty.start()
    await eventually('the answered one is settled', () => bed.shared.requests.phase(1) === PHASE.SETTLED)
    expect(bed.settled()).toEqual([[1, OUTCOME.CANCELLED]])
    expect(bed.shared.requests.phase(2)).toBe(PHASE.TAKEN)
  })

  it('does not starve the other rings', async () => {
    for (let number = 0; number < 100; number++) {
      bed.take(number, slot)
      commit(number, 'flood')
    }
    bed.take(128, serializerSlot(bed.shared.layout, 1))
    commit(128, 'other', RECORD_KIND.RECORD, 1)
    await started()
    await eventually('all records', () => factory.last.records.length === 101)
    expect(factory.last.records.findIndex(({ payload }) => payload === 'other')).toBeLessThan(40)
  })
})

describe('a request of a pass-through signal', () => {
  it('is produced from its body, without a serializer', async () => {
    bed.queue(1, { signal: METRICS, body: Buffer.from('protobuf bytes') })
    await started()
    await eventually('a record', () => factory.last.records.length === 1)
    expect(factory.last.records[0]).toMatchObject({ topic: 'm', payload: 'protobuf bytes' })
    factory.last.report()
    expect(bed.settled()).toEqual([[1, OUTCOME.DELIVERED]])
  })

  it('is held, not lost and not sent twice, while the producer is full', async () => {
    await started()
    factory.last.answers = [PRODUCED.FULL, PRODUCED.FULL]
    for (let number = 0; number < 3; number++) bed.queue(number, { signal: METRICS, body: Buffer.from(String(number)) })
    bed.shared.control.bell(0).ring()
    await eventually('three records', () => factory.last.records.length === 3)
    expect(factory.last.records.map(({ payload }) => payload)).toEqual(['0', '1', '2'])
  })

  it('taken by a serializer through an old cell is sent from its body all the same', async () => {
    bed.take(1, slot, { signal: METRICS, body: Buffer.from('bytes') })
    commit(1, '', RECORD_KIND.FROM_ARENA)
    await started()
    await eventually('a record', () => factory.last.records.length === 1)
    expect(factory.last.records[0]!.payload).toBe('bytes')
  })

  it('that turns out to belong to a serializer goes back into its own queue', async () => {
    // A cell of the pass-through queue that names a request of another signal: left behind by its earlier life.
    bed.queue(1, { signal: METRICS })
    new Int32Array(bed.shared.buffer, bed.shared.layout.requestTableOffset + 128, 32)[2] = 0
    await started()
    await eventually('it is queued again', () => bed.shared.requests.phase(1) === PHASE.QUEUED)
    expect(factory.last.records).toEqual([])
    expect(bed.shared.requests.signal(1)).toBe(0)
  })
})

describe('the cycle', () => {
  it('polls for reports while records are outstanding', async () => {
    bed.take(1, slot)
    commit(1)
    await started()
    await eventually('a record', () => factory.last.records.length === 1)
    const { polls } = factory.last
    await eventually('fifty more polls', () => factory.last.polls > polls + 50)
  })

  it('flushes what the producer holds while the engine drains, and not before', async () => {
    await started()
    bed.shared.control.engineState = ENGINE_STATE.RUNNING
    bed.take(1, slot)
    commit(1)
    bed.shared.control.bell(0).ring()
    await eventually('a record', () => factory.last.records.length === 1)
    await eventually('the time before a tick', () => bed.shared.control.beatAgeMs(0) > 60)
    await eventually('a tick', () => bed.shared.control.beatAgeMs(0) < 40)
    expect(factory.last.flushes).toBe(0)
    bed.shared.control.engineState = ENGINE_STATE.DRAINING
    await eventually('a flush', () => factory.last.flushes === 1)
    await eventually('another, for what came later', () => factory.last.flushes > 1)
    factory.last.report()
    const { flushes, polls } = factory.last
    await eventually('some more cycles', () => factory.last.polls > polls + 2)
    expect(factory.last.flushes).toBe(flushes)
  })

  it('beats for the main thread', async () => {
    await started()
    await eventually('a beat', () => bed.shared.control.beatAgeMs(0) < 100)
  })

  it('sends again what a replaced producer held', async () => {
    await started()
    bed.queue(1, { signal: METRICS })
    bed.shared.control.bell(0).ring()
    await eventually('a record', () => factory.last.records.length === 1)
    factory.last.events.fatal('gone')
    await eventually(
      'the record at the new producer',
      () => factory.made.length === 2 && factory.last.records.length === 1,
    )
    factory.last.report()
    expect(bed.settled()).toEqual([[1, OUTCOME.DELIVERED]])
  })
})
