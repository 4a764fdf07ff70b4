import type { OptionTable } from './option-types.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** How long a gRPC connection may live. HTTP connections end by themselves when they are idle. */
export const GRPC_OPTIONS = {
  'otlp.grpc.keepalive.time.ms': {
    kind: 'integer',
    default: 30 * SECOND_MS,
    min: 0,
    max: 24 * 60 * MINUTE_MS,
    unit: 'ms',
    meaning:
      'Every gRPC connection is pinged this often, so that one whose client is gone, or that HTTP/2 ended because of a broken frame, is closed. 0 = never.',
  },
  'otlp.grpc.keepalive.timeout.ms': {
    kind: 'integer',
    default: 20 * SECOND_MS,
    min: 1,
    max: 10 * MINUTE_MS,
    unit: 'ms',
    meaning: 'A gRPC connection that does not answer a ping within this time is closed.',
  },
  'otlp.connection.max.idle.ms': {
    kind: 'integer',
    default: 5 * MINUTE_MS,
    min: 0,
    max: 24 * 60 * MINUTE_MS,
    unit: 'ms',
    meaning:
      'A gRPC connection on which no call began for this long (at most twice as long) is closed with GOAWAY. 0 = never. HTTP connections are closed after 10 s of idling, whatever this says.',
  },
  'otlp.connection.max.age.ms': {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 24 * 60 * MINUTE_MS,
    unit: 'ms',
    meaning:
      'A gRPC connection of this age (give or take a tenth) is closed with GOAWAY, so that a load balancer can choose anew. 0 = never.',
  },
  'otlp.connection.max.age.grace.ms': {
    kind: 'integer',
    default: 30 * SECOND_MS,
    min: 0,
    max: 10 * MINUTE_MS,
    unit: 'ms',
    meaning: 'The calls in flight have this long after such a GOAWAY, for age or idling; then the connection is cut.',
  },
} as const satisfies OptionTable
