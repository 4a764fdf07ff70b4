/**
 * Hostile input over both protocols: no crash, no hang, the right refusal for each, and the next good request works.
 *
 * FUZZ_REQUESTS=5000000 makes it a long run, FUZZ_SEED=N another one; a case is repeated by FUZZ_SEED=its seed
 * FUZZ_REQUESTS=1. Seeds that ever failed are kept below and run first.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SIGNAL_FACTS } from '../../src/otlp/signal.ts'
import { quiescentMetrics } from '../bed/conservation.ts'
import type { RunningEngine } from '../bed/engine.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { post } from '../bed/http-client.ts'
import { RawHttp } from '../bed/raw-http.ts'
import { startMortalEngine } from '../bed/start-mortal-engine.ts'
import { call, openSession } from '../conformance/bed/http2-call.ts'
import { tracesRequest } from '../generator/telemetry.ts'
import { type HostileCase, hostileCase, REQUEST_BYTES_MAX, type Verdict } from './hostile-cases.ts'

const KEPT_SEEDS: readonly number[] = []
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 100_000)
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1)
const LANES = 24
const ANSWER_MS_MAX = 30_000
const FAILURES_SHOWN = 10
const RUN_MS_MAX = 240_000 + REQUESTS * 5

const PATHS = ['/v1/traces', '/v1/metrics', '/v1/logs', '/v1development/profiles']
const HTTP_VERDICTS: Readonly<Record<number, Verdict>> = {
  200: 'accepted',
  400: 'invalid',
  413: 'too_large',
  415: 'unsupported',
}
const GRPC_VERDICTS: Readonly<Record<number, Verdict>> = {
  0: 'accepted',
  3: 'invalid',
  8: 'too_large',
  12: 'unsupported',
  13: 'misframed',
}

let engine: RunningEngine

beforeAll(async () => {
  const started = await startMortalEngine({
    'otlp.ack': 'queue',
    'otlp.request.max.bytes': String(REQUEST_BYTES_MAX),
    'engine.ingest.threads': '2',
    'engine.serializer.threads': '2',
    'otlp.message.format.logs': 'protobuf',
    'log.level': 'error',
  })
  engine = started.engine
})
afterAll(() => engine?.kill())

/** One connection of each protocol, as long as it lasts. */
class Lane {
  readonly #http = new RawHttp(engine.addresses.http)
  readonly #session = openSession(engine.addresses.grpc)

  async send(one: HostileCase): Promise<string> {
    const { headers, body } = one
    if (one.road === 'grpc') {
      const path = SIGNAL_FACTS[one.signalIndex]!.grpcPath
      const { code, reset } = await call(this.#session, { path, headers, pieces: body.length === 0 ? [] : [body] })
      return GRPC_VERDICTS[code] ?? `grpc ${code}, reset ${reset}`
    }
    const answer = await this.#http.post(PATHS[one.signalIndex]!, headers, body, ANSWER_MS_MAX)
    const wantedType = headers['content-type'] === 'application/json' ? 'application/json' : 'application/x-protobuf'
    if (answer.headers['content-type'] !== wantedType) return `http answer in ${answer.headers['content-type']}`
    return HTTP_VERDICTS[answer.status] ?? `http ${answer.status}`
  }

  close(): void {
    this.#http.close()
    this.#session.destroy()
  }
}

async function run(seeds: Iterator<number>, failures: string[], tally: Map<string, number>): Promise<void> {
  const lane = new Lane()
  for (let next = seeds.next(); !next.done && failures.length < FAILURES_SHOWN; next = seeds.next()) {
    const one = hostileCase(next.value)
    const verdict = await lane.send(one).catch((error: Error) => error.message)
    tally.set(verdict, (tally.get(verdict) ?? 0) + 1)
    if (verdict !== one.expected) failures.push(`seed ${one.seed}: ${one.road} ${verdict} instead of ${one.expected}`)
  }
  lane.close()
}

function* allSeeds(): Generator<number> {
  yield* KEPT_SEEDS
  for (let index = 0; index < REQUESTS; index++) yield FIRST_SEED + index
}

it(
  `refuses ${REQUESTS} hostile requests from seed ${FIRST_SEED} on correctly, and takes the next good one`,
  async () => {
    const failures: string[] = []
    const tally = new Map<string, number>()
    const seeds = allSeeds()
    await Promise.all(Array.from({ length: LANES }, () => run(seeds, failures, tally)))
    process.stdout.write(`hostile input: ${JSON.stringify(Object.fromEntries(tally))}\n`)
    expect(failures).toEqual([])

    const good = Buffer.from(tracesRequest(10))
    expect(await post(`http://${engine.addresses.http}/v1/traces`, { body: good })).toMatchObject({ status: 200 })
    const client = new GrpcClient(engine.addresses.grpc)
    expect(await client.export(0, good)).toMatchObject({ code: 0 })
    client.close()

    const metrics = await quiescentMetrics(engine, 60_000)
    expect(metrics.sum('sluice_serializers_replaced_total')).toBe(0)
    expect(metrics.sum('sluice_dropped_items_total')).toBe(0)
    expect(metrics.sum('sluice_held_bytes')).toBe(0)
    expect(await engine.stop()).toMatchObject({ code: 0, fields: { undelivered: '0' } })
  },
  RUN_MS_MAX,
)
