/** One load run inside this process: warm-up, window, last answers, result. */
import { setTimeout as delay } from 'node:timers/promises'
import { SIGNAL_FACTS } from '../../src/otlp/signal.ts'
import { openGrpcLanes } from './grpc-lane.ts'
import { openHttpLanes } from './http-lane.ts'
import type { LaneSet } from './lane.ts'
import type { LoadOptions } from './options.ts'
import { Pace } from './pace.ts'
import { makePayloads, type Payloads } from './payloads.ts'
import type { LoadEvent, LoadResult } from './result.ts'
import { Tally } from './tally.ts'

const HTTP_PATHS = {
  traces: '/v1/traces',
  metrics: '/v1/metrics',
  logs: '/v1/logs',
  profiles: '/v1development/profiles',
}

export async function runLoad(options: LoadOptions, emit: (event: LoadEvent) => void): Promise<LoadResult> {
  const payloads = makePayloads({ ...options, count: options.bodies })
  const tally = new Tally()
  const laneSet = openLanes(options, payloads)
  const pace = new Pace({
    lanes: laneSet.lanes,
    bodyCount: payloads.bodies.length,
    ratePerS: options.ratePerS,
    timeoutMs: options.timeoutS * 1000,
    onAnswer: (answer, dueMs, sentMs) => tally.add(answer, dueMs, sentMs),
  })
  pace.start()
  await delay(options.warmUpS * 1000)
  const window = await measureWindow(options, tally, emit)
  const unsent = await pace.stop()
  laneSet.close()
  const result = resultOf({ options, payloads, tally, window, unsent })
  emit(result)
  return result
}

function openLanes(options: LoadOptions, { bodies }: Payloads): LaneSet {
  const { hostname, port } = new URL(options.url)
  const { grpcPath } = SIGNAL_FACTS.find(({ name }) => name === options.signal)!
  const path = options.protocol === 'grpc' ? grpcPath : HTTP_PATHS[options.signal]
  const { format, compression } = options
  const open = options.protocol === 'grpc' ? openGrpcLanes : openHttpLanes
  return open(options.connections, { host: hostname, port: Number(port), path, format, compression, bodies })
}

interface Window {
  readonly seconds: number
  readonly cpuS: number
}

async function measureWindow(options: LoadOptions, tally: Tally, emit: (event: LoadEvent) => void): Promise<Window> {
  emit({ event: 'window_start' })
  const startMs = performance.now()
  const startCpu = process.cpuUsage()
  tally.windowOpen = true
  await delay(options.durationS * 1000)
  tally.windowOpen = false
  emit({ event: 'window_end' })
  const { user, system } = process.cpuUsage(startCpu)
  return { seconds: (performance.now() - startMs) / 1000, cpuS: (user + system) / 1e6 }
}

interface Measured {
  readonly options: LoadOptions
  readonly payloads: Payloads
  readonly tally: Tally
  readonly window: Window
  readonly unsent: number
}

function resultOf({ options, payloads, tally, window, unsent }: Measured): LoadResult {
  const requestsPerS = (tally.window.ok + tally.window.partial) / window.seconds
  return {
    event: 'result',
    options,
    checksum: payloads.checksum,
    bodyBytes: Math.round(payloads.bodyBytes),
    windowS: window.seconds,
    window: tally.window,
    total: tally.total,
    statuses: tally.statuses,
    unsent,
    requestsPerS,
    itemsPerS: requestsPerS * options.items,
    bytesPerS: requestsPerS * payloads.bodyBytes,
    latencyMs: tally.latencyMs(),
    lateMs: tally.lateMs(),
    ownCpuCores: window.cpuS / window.seconds,
  }
}
