import type { Layout } from '../shared-memory/layout.ts'

/** What a serializer thread is started with: plain data and the shared memory. */
export interface SerializerTask {
  readonly memory: WebAssembly.Memory
  readonly layout: Layout
  readonly serializerIndex: number
  /** By signal: true where the main thread takes the requests itself. */
  readonly passThrough: readonly boolean[]
  readonly recordBytesMax: number
  /** Text that is not UTF-8 may come (otlp.validation=off); in JSON it must not go on. */
  readonly mendsText: boolean
}
