/**
 * One real Kafka for all files of the integration and faults kinds, started when a file of theirs is selected.
 * SLUICE_TEST_KAFKA=HOST:PORT uses one that runs already (`npm run kafka -- up`): the inner loop saves its start.
 * Tests get its address with `inject('kafkaBootstrapServers')`; they create topics with names of their own.
 */
import type { TestProject } from 'vitest/node'
import { startKafka } from '../../scripts/kafka/broker.ts'
import { requireTools } from '../../scripts/kafka/prerequisites.ts'

declare module 'vitest' {
  interface ProvidedContext {
    kafkaBootstrapServers: string
  }
}

/** vitest wants a function of this name; what it returns is the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  requireTools('kcat', 'curl')
  const given = process.env.SLUICE_TEST_KAFKA
  if (given !== undefined) {
    project.provide('kafkaBootstrapServers', given)
    return async () => {}
  }
  const kafka = await startKafka()
  project.provide('kafkaBootstrapServers', kafka.bootstrapServers)
  return () => kafka.stop()
}
