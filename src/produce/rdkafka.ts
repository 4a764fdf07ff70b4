/**
 * The one place that loads node-rdkafka. It crashes the process when loaded in a worker thread (its addon keeps
 * process-wide handles on the first event loop), so loading it elsewhere is an assertion instead.
 */
import { isMainThread } from 'node:worker_threads'
import { assert } from '../base/assert.ts'

assert(isMainThread, 'node-rdkafka must be loaded on the main thread')

const rdkafka = (await import('node-rdkafka')).default
export const { AdminClient, Producer, librdkafkaVersion } = rdkafka
export type RdkafkaProducer = InstanceType<typeof Producer>
