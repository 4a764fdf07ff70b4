/**
 * Three questions, answered from control words alone:
 *
 *   /        does it do its job: running, and Kafka reachable?           for load balancers and people
 *   /readyz  would a request be accepted now?                            for orchestrators: send traffic or not
 *   /livez   do all threads still turn?                                  for orchestrators: restart or not
 */
import { KAFKA_STATE } from '../shared-memory/control-block.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import { ENGINE_STATE_NAMES, type EngineStateName, type ThreadSnapshot, threadSnapshots } from './snapshot.ts'

/** Beats come every second or more often; a loaded machine may delay one, not ten. */
const HEARTBEAT_AGE_MS_MAX = 10_000

export interface Health {
  readonly healthy: boolean
  readonly engine: EngineStateName
  readonly kafka: 'up' | 'down'
  /** Empty when healthy; one sentence each. */
  readonly reasons: readonly string[]
}

export function health(shared: SharedState): Health {
  return verdict(shared, servingReasons(shared))
}

export function readiness(shared: SharedState): Health {
  const receives = threadSnapshots(shared).some(({ role, state }) => role === 'ingest' && state === 'running')
  return verdict(shared, [...servingReasons(shared), ...(receives ? [] : ['no ingest thread is running'])])
}

export function liveness(shared: SharedState): Health {
  const silent = threadSnapshots(shared).filter((thread) => isSilent(thread, engineState(shared)))
  return verdict(
    shared,
    silent.map(
      ({ name, heartbeatAgeMs }) => `thread ${name} has been silent for ${Math.round(heartbeatAgeMs / 1000)} s`,
    ),
  )
}

function verdict(shared: SharedState, reasons: readonly string[]): Health {
  return { healthy: reasons.length === 0, engine: engineState(shared), kafka: kafkaUp(shared) ? 'up' : 'down', reasons }
}

function servingReasons(shared: SharedState): readonly string[] {
  const reasons: string[] = []
  if (engineState(shared) !== 'running') reasons.push(`the engine is ${engineState(shared)}`)
  if (!kafkaUp(shared)) reasons.push('Kafka is not reachable; requests are refused with a retry hint')
  return reasons
}

/** The main thread beats from the first turn of its duty cycle on, workers while they run; one that died beats no more. */
function isSilent({ role, state, heartbeatAgeMs }: ThreadSnapshot, engine: EngineStateName): boolean {
  const shouldBeat =
    role === 'main' ? engine !== 'starting' && engine !== 'stopped' : state === 'running' || state === 'failed'
  return shouldBeat && heartbeatAgeMs >= HEARTBEAT_AGE_MS_MAX
}

function engineState({ control }: SharedState): EngineStateName {
  return ENGINE_STATE_NAMES[control.engineState]!
}

function kafkaUp({ control }: SharedState): boolean {
  return control.kafkaState === KAFKA_STATE.UP
}
