/** What the observe thread is told at its start, from the configuration. */
import type { Config } from './config/options.ts'
import type { ObserveInit } from './observe/thread-init.ts'
import type { SharedState } from './shared-memory/shared-state.ts'

export function observeInit({ memory, layout }: SharedState, config: Config, version: string): ObserveInit {
  return {
    memory,
    layout,
    connectorName: config.name,
    host: config['admin.bind.address'],
    metricsPort: config['metrics.port'],
    healthPort: config['health.port'],
    version,
    startedAtMs: Date.now(),
    log: { level: config['log.level'], format: config['log.format'] },
  }
}
