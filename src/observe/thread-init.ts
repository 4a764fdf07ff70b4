/** What the main thread and the observe thread tell each other outside the shared memory. */
import type { LogOptions } from '../base/log.ts'
import type { Layout } from '../shared-memory/layout.ts'

/** Plain data for the observe thread, fixed for its life. */
export interface ObserveInit {
  readonly memory: WebAssembly.Memory
  readonly layout: Layout
  readonly connectorName: string
  readonly host: string
  /** 0 = off, -1 = any free port. */
  readonly metricsPort: number
  /** 0 = off, -1 = any free port. */
  readonly healthPort: number
  readonly version: string
  /** Start of the process since the Unix epoch. */
  readonly startedAtMs: number
  readonly log: LogOptions
}

/** The ports that listen; 0 = off. */
export interface ObservePorts {
  readonly metricsPort: number
  readonly healthPort: number
}

/** Observe thread to main. */
export type ObserveReport =
  | ({ readonly type: 'listening' } & ObservePorts)
  | { readonly type: 'failed_to_start'; readonly message: string }

/** Main to observe thread. */
export interface ObserveOrder {
  readonly type: 'end'
}
