/** The four signals of OTLP, in the order of their index everywhere: queues, counters, kernel tables. */
export const SIGNALS = ['traces', 'metrics', 'logs', 'profiles'] as const
export type Signal = (typeof SIGNALS)[number]
export const SIGNAL_COUNT = SIGNALS.length

export interface SignalFacts {
  readonly name: Signal
  readonly index: number
  /** What is counted, for texts to people. */
  readonly itemName: string
  /** Root message of a request; names of OTLP's own .proto files. */
  readonly requestMessage: string
  /** gRPC method path of Export. */
  readonly grpcPath: string
  /** Field of ExportPartialSuccess that counts rejected items, in lowerCamelCase. Its number is 1 in all four. */
  readonly rejectedField: string
}

function facts(index: number, service: string, version: string, itemName: string, rejectedField: string): SignalFacts {
  const name = SIGNALS[index]!
  const folder = name === 'traces' ? 'trace' : name
  const scope = `opentelemetry.proto.collector.${folder}.${version}`
  return {
    name,
    index,
    itemName,
    requestMessage: `${scope}.Export${service}ServiceRequest`,
    grpcPath: `/${scope}.${service}Service/Export`,
    rejectedField,
  }
}

export const SIGNAL_FACTS: readonly SignalFacts[] = [
  facts(0, 'Trace', 'v1', 'span', 'rejectedSpans'),
  facts(1, 'Metrics', 'v1', 'data point', 'rejectedDataPoints'),
  facts(2, 'Logs', 'v1', 'log record', 'rejectedLogRecords'),
  facts(3, 'Profiles', 'v1development', 'profile', 'rejectedProfiles'),
]
