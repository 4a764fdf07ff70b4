/**
 * One thread does what ingest, a serializer and main do for a request, over real shared memory and the real kernel, with
 * a producer that keeps nothing; then says how many bytes of heap a request took. A process of its own: the figure is
 * exact only while nobody else allocates and nothing is collected.
 *
 *   argv: items per request, requests, format (json | protobuf)     stdout: one line of JSON, an AllocationReport
 */
import { GCProfiler, getHeapStatistics } from 'node:v8'
import { MIB } from '../../src/base/units.ts'
import { Answers } from '../../src/ingest/answer.ts'
import { Bodies } from '../../src/ingest/bodies.ts'
import { CollectBudget } from '../../src/ingest/collected.ts'
import { Enqueue } from '../../src/ingest/enqueue.ts'
import { Inflater } from '../../src/ingest/inflater.ts'
import { Numbers } from '../../src/ingest/numbers.ts'
import { Receiving } from '../../src/ingest/receiving.ts'
import { RetryPace } from '../../src/ingest/retry-pace.ts'
import { Tally } from '../../src/ingest/tally.ts'
import type { IngestInit } from '../../src/ingest/thread-init.ts'
import { VERDICT } from '../../src/ingest/verdict.ts'
import { installKernelTables, instantiateKernel } from '../../src/otlp/kernel-instance.ts'
import { Delivery } from '../../src/produce/delivery.ts'
import { PRODUCED, type ProducerPort } from '../../src/produce/producer-port.ts'
import { ENGINE_STATE, KAFKA_STATE } from '../../src/shared-memory/control-block.ts'
import { ingestSlot, MAIN_SLOT, serializerSlot } from '../../src/shared-memory/layout.ts'
import { queueTake } from '../../src/shared-memory/queue-take.ts'
import { Serializer } from '../../src/workers/serialize.ts'
import { tracesRequest } from '../generator/telemetry.ts'
import { SharedBed } from './shared-bed.ts'

export interface AllocationReport {
  readonly bytesPerRequest: number
  readonly collections: number
  readonly answered: number
}

const RECORD_BYTES_MAX = 2 * MIB
const NUMBERS = 64
const WARM_REQUESTS = 5000

const [items = 1, requestCount = 1000] = process.argv.slice(2, 4).map(Number)
const isPassThrough = process.argv[4] === 'protobuf'
const passThrough = [isPassThrough, false, false, false]

const { shared } = new SharedBed({
  queueCountMax: NUMBERS,
  requestEntriesPerIngest: NUMBERS,
  arenaBytesPerIngest: 16 * MIB,
  outRingCapacityBytes: 8 * MIB,
})
const { requests, heldBytes, memory, layout, control, bytes } = shared
installKernelTables(memory, layout.kernelTablesOffset)
control.engineState = ENGINE_STATE.RUNNING
control.kafkaState = KAFKA_STATE.UP

const enqueue = ingest()
const serializer = new Serializer(shared, instantiateKernel(memory, layout.kernelTablesOffset), {
  memory,
  layout,
  serializerIndex: 0,
  passThrough,
  recordBytesMax: RECORD_BYTES_MAX,
  mendsText: false,
})
const delivery = new Delivery(shared, {
  topics: ['t', 'm', 'l', 'p'],
  formats: [isPassThrough ? 'protobuf' : 'json', 'json', 'json', 'json'],
  recordBytesMax: RECORD_BYTES_MAX,
  log: () => {},
})
const reader = shared.outRingReader(0)
const outcomes = shared.outcomeRing(0)
const takerSlot = isPassThrough ? MAIN_SLOT : serializerSlot(layout, 0)
const claim = (requestNumber: number): boolean => requests.claim(requestNumber, takerSlot)

/** Takes everything and keeps only what its report needs. */
class ForgetfulProducer implements ProducerPort {
  readonly lastError = ''
  opaque = 0

  produce(_topic: string, _payload: Buffer, _headers: unknown, opaque: number): 0 {
    this.opaque = opaque
    return PRODUCED.OK
  }

  poll(): void {}
  probe(): void {}
  topicNames(): void {}
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

const producer = new ForgetfulProducer()
const client = {
  requestNumber: -1,
  answered: 0,
  answer(verdict: number): void {
    if (verdict === VERDICT.ACCEPTED) this.answered++
  },
}

function ingest(): Enqueue {
  const init = {
    ingestIndex: 0,
    queueCountMax: NUMBERS,
    queueBytesMax: 16 * MIB,
    ackAtQueue: false,
    recordBytesMax: RECORD_BYTES_MAX,
    passThrough,
    validation: 'spec',
    requestBytesMax: 16 * MIB,
    responseBytesMax: MIB,
    jsonLenient: false,
  } as unknown as IngestInit // what Enqueue looks at
  const tally = new Tally(shared.counters(ingestSlot(0)))
  const numbers = new Numbers(0, NUMBERS)
  const { ingestIndex, queueBytesMax } = init
  const bodies = new Bodies({ requests, heldBytes, numbers, arena: shared.arena(0), bytes, ingestIndex, queueBytesMax })
  const answers = new Answers({
    requests,
    bodies,
    tally,
    firstNumber: 0,
    numberCount: NUMBERS,
    requestTimeoutMs: 600_000,
  })
  const collectBudget = new CollectBudget(MIB)
  return new Enqueue({
    init,
    shared,
    kernel: instantiateKernel(memory, layout.kernelTablesOffset),
    bodies,
    answers,
    tally,
    receiving: new Receiving(1000),
    collectBudget,
    inflater: new Inflater(MIB, collectBudget),
    retryPace: new RetryPace(() => true),
  })
}

const body = Buffer.from(tracesRequest(items))

/** From the first byte in the arena to the client's answer. */
function handle(): void {
  const opened = enqueue.bodies.open(0, 0, body.length)
  enqueue.bodies.write(opened, 0, body)
  enqueue.submit(opened, client)
  const taken = queueTake(shared.queues[0]!, claim)
  if (isPassThrough) delivery.send(producer, taken, requests.payloadOffset(taken), body.length)
  else {
    serializer.serialize(taken)
    reader.next()
    delivery.send(producer, reader.requestNumber, reader.payloadOffset, reader.payloadBytes)
    reader.release()
  }
  delivery.delivered(producer.opaque, undefined)
  enqueue.answers.settle(outcomes.take())
}

function run(count: number): void {
  for (let request = 0; request < count; request++) handle()
}

function grownBy(count: number): number {
  const before = getHeapStatistics().used_heap_size
  run(count)
  return getHeapStatistics().used_heap_size - before
}

run(WARM_REQUESTS)
globalThis.gc!()
client.answered = 0
const profiler = new GCProfiler()
profiler.start()
// What is made once, whatever the count, falls out of the difference.
const once = grownBy(requestCount)
const twice = grownBy(2 * requestCount)
const { statistics } = profiler.stop()!
const report: AllocationReport = {
  bytesPerRequest: (twice - once) / requestCount,
  collections: statistics.length,
  answered: client.answered,
}
process.stdout.write(`${JSON.stringify(report)}\n`)
