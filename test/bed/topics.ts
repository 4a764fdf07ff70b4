/** Topics of one test: a name per signal that no other test uses. */
import { createTopic } from '../../scripts/kafka/topics.ts'
import { SIGNALS, type Signal } from './conservation.ts'

export interface TestTopics {
  readonly names: Readonly<Record<Signal, string>>
  /** The keys that make an engine use them. */
  readonly config: Readonly<Record<string, string>>
}

let made = 0

/** @param partitions 1 keeps the order of what is sent */
export async function createTopics(bootstrapServers: string, partitions = 1): Promise<TestTopics> {
  const run = `test-${process.pid}-${Date.now()}-${made++}`
  const names = Object.fromEntries(SIGNALS.map((signal) => [signal, `${run}-${signal}`])) as Record<Signal, string>
  for (const signal of SIGNALS) await createTopic(bootstrapServers, names[signal], { partitions })
  const config = Object.fromEntries(SIGNALS.map((signal) => [`kafka.topic.${signal}`, names[signal]]))
  return { names, config }
}
