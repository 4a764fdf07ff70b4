import type { Log, LogFields } from '../../src/base/log.ts'

export interface CapturedEvent {
  readonly level: string
  readonly event: string
  readonly fields: LogFields
}

/** A log that keeps what it is told. */
export function capturedLog(): { log: Log; events: CapturedEvent[]; named(event: string): CapturedEvent[] } {
  const events: CapturedEvent[] = []
  const log: Log = (level, event, fields = {}) => void events.push({ level, event, fields })
  return { log, events, named: (event) => events.filter((one) => one.event === event) }
}
