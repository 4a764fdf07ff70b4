/** What an ingest thread is told at its start, from the configuration and the numbers that follow from it. */
import type { Limits } from './config/limits.ts'
import type { Config } from './config/options.ts'
import type { IngestInit } from './ingest/thread-init.ts'
import { SIGNALS } from './otlp/signal.ts'
import { ingestSlot } from './shared-memory/layout.ts'
import type { SharedState } from './shared-memory/shared-state.ts'

/** A body must be complete this long after its headers; an exporter with more patience for the answer gets as much here. */
const BODY_TIMEOUT_MS = 60_000
/** A drain waits no longer for bodies on their way, and never longer than half its own time. */
const DRAIN_BODY_TIMEOUT_MS = 5000

export interface IngestShape {
  readonly limits: Limits
  /** By signal. */
  readonly passThrough: readonly boolean[]
  /** As proven free; 0 = no such receiver. */
  readonly grpcPort: number
  readonly httpPort: number
}

export function ingestInit(shared: SharedState, config: Config, shape: IngestShape, ingestIndex: number): IngestInit {
  const { limits, passThrough, grpcPort, httpPort } = shape
  return {
    memory: shared.memory,
    layout: shared.layout,
    ingestIndex,
    slot: ingestSlot(ingestIndex),
    host: config['otlp.bind.address'],
    grpcPort,
    httpPort,
    httpPaths: SIGNALS.map((signal) => config[`otlp.http.path.${signal}`]),
    requestBytesMax: limits.requestBytesMax,
    collectBytesMax: limits.collectBytesPerIngest,
    responseBytesMax: config['otlp.response.max.bytes'],
    requestTimeoutMs: config['otlp.request.timeout.ms'],
    bodyTimeoutMs: Math.max(BODY_TIMEOUT_MS, config['otlp.request.timeout.ms']),
    drainBodyTimeoutMs: Math.min(DRAIN_BODY_TIMEOUT_MS, config['engine.drain.timeout.ms'] / 2),
    recordBytesMax: limits.recordBytesMax,
    validation: config['otlp.validation'],
    jsonLenient: config['otlp.json.lenient'],
    queueCountMax: limits.queueCountMax,
    queueBytesMax: limits.queueBytesMax,
    ackAtQueue: config['otlp.ack'] === 'queue',
    passThrough,
    grpcConnections: {
      concurrentStreamsMax: config['otlp.grpc.max.concurrent.streams'],
      keepaliveTimeMs: config['otlp.grpc.keepalive.time.ms'],
      keepaliveTimeoutMs: config['otlp.grpc.keepalive.timeout.ms'],
      connectionIdleMsMax: config['otlp.connection.max.idle.ms'],
      connectionAgeMsMax: config['otlp.connection.max.age.ms'],
      connectionGraceMs: config['otlp.connection.max.age.grace.ms'],
    },
    connectionsMax: Math.ceil(config['otlp.connections.max'] / limits.ingestThreads),
    cors: { origins: config['otlp.http.cors.allowed.origins'], headers: config['otlp.http.cors.allowed.headers'] },
    log: { level: config['log.level'], format: config['log.format'] },
  }
}
