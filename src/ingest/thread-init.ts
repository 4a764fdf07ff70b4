/** What the main thread and an ingest thread tell each other outside the shared memory. */
import type { LogOptions } from '../base/log.ts'
import type { Layout } from '../shared-memory/layout.ts'
import type { CorsOptions } from './cors.ts'
import type { ValidationMode } from './screening.ts'

/** Limits of each gRPC connection. */
export interface GrpcConnections {
  readonly concurrentStreamsMax: number
  /** 0 = no pings. */
  readonly keepaliveTimeMs: number
  readonly keepaliveTimeoutMs: number
  /** 0 = a connection may be idle for ever. */
  readonly connectionIdleMsMax: number
  /** 0 = a connection may grow old. */
  readonly connectionAgeMsMax: number
  /** For the calls in flight, once a connection is too old or too long idle. */
  readonly connectionGraceMs: number
}

/** Plain data for one ingest thread, fixed for its life. */
export interface IngestInit {
  readonly memory: WebAssembly.Memory
  readonly layout: Layout
  readonly ingestIndex: number
  readonly slot: number
  readonly host: string
  /** 0 = no HTTP receiver. */
  readonly httpPort: number
  /** 0 = no gRPC receiver. */
  readonly grpcPort: number
  /** By signal index. */
  readonly httpPaths: readonly string[]
  /** Limit per request, on the wire and after decompression. */
  readonly requestBytesMax: number
  /** Of bodies that are collected outside the arena, all together. */
  readonly collectBytesMax: number
  /** Limit of an Export response, before compression. */
  readonly responseBytesMax: number
  readonly requestTimeoutMs: number
  /** A body that is not complete this long after its headers is given up. */
  readonly bodyTimeoutMs: number
  /** While draining: from its begin on, for all bodies that are being received. */
  readonly drainBodyTimeoutMs: number
  /** The largest payload of a Kafka record. */
  readonly recordBytesMax: number
  readonly validation: ValidationMode
  /** OTLP/JSON may use the names of the .proto files. */
  readonly jsonLenient: boolean
  readonly queueCountMax: number
  readonly queueBytesMax: number
  /** Answer when the request is queued instead of when Kafka confirmed it, where its record fits for sure. */
  readonly ackAtQueue: boolean
  /** By signal index: the main thread takes the request from the queue itself, no serializer is needed. */
  readonly passThrough: readonly boolean[]
  readonly grpcConnections: GrpcConnections
  /** Connections of each receiver of this thread. */
  readonly connectionsMax: number
  /** Without origins CORS is off. */
  readonly cors: CorsOptions
  readonly log: LogOptions
}

/** Ingest thread to main. */
export type IngestReport =
  | { readonly type: 'listening' }
  | { readonly type: 'failed_to_start'; readonly message: string }
  | { readonly type: 'fault'; readonly message: string }
  /** `refusedItems`: items of waiting requests that were answered with an error because the thread ends. */
  | { readonly type: 'ended'; readonly refusedItems: number }

/** Main to ingest thread. */
export interface IngestOrder {
  readonly type: 'end'
}
