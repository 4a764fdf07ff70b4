/** The metrics and health ports of a running engine, as Prometheus and a load balancer see them. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasCommand } from '../../scripts/kafka/prerequisites.ts'
import { quiescentMetrics } from '../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { readPrometheusText, type TextFamily } from '../bed/prometheus-text.ts'

const SPAN = '{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"hello"}'
const TRACES = `{"resourceSpans":[{"scopeSpans":[{"spans":[${SPAN},${SPAN}]}]}]}`

describe('the admin ports', () => {
  let engine: RunningEngine
  const page = async () => (await fetch(`http://${engine.addresses.metrics}/metrics`)).text()
  const post = (path: string, body: string) =>
    fetch(`http://${engine.addresses.http}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })

  beforeAll(async () => {
    engine = await startEngine()
    expect((await post('/v1/traces', TRACES)).status).toBe(200)
    expect((await post('/v1/traces', '{"resourceSpans":7}')).status).toBe(400)
    await quiescentMetrics(engine)
  })
  afterAll(() => engine.stop())

  it('count requests and items of a delivered and a malformed request', async () => {
    const families = new Map(readPrometheusText(await page()).map((family) => [family.name, family]))
    const traces = (name: string) => sumOf(families.get(name)!, 'traces')
    expect([traces('sluice_received_requests_total'), traces('sluice_received_items_total')]).toEqual([2, 2])
    expect([traces('sluice_delivered_requests_total'), traces('sluice_delivered_items_total')]).toEqual([1, 2])
    expect([traces('sluice_rejected_requests_total'), traces('sluice_rejected_items_total')]).toEqual([1, 0])
    expect(traces('sluice_produced_records_total')).toBe(1)
    expect([traces('sluice_conservation_error_items'), traces('sluice_conservation_error_requests')]).toEqual([0, 0])
  })

  it('count a message and its record for the connector, and no lag', async () => {
    const values = new Map(readPrometheusText(await page()).map(({ name, samples }) => [name, samples[0]!]))
    expect(values.get('otlp_TracesReceived')).toEqual({ labels: { connector_name: 'otlp-source' }, value: 1 })
    expect(values.get('otlp_RecordsProduced')!.value).toBe(1)
    expect(values.get('otlp_TotalLagCount')!.value).toBe(0)
  })

  it.runIf(hasCommand('promtool'))('satisfy promtool, but for the names that the connector prescribes', async () => {
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: await page(), encoding: 'utf8' })
    const findings = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !line.startsWith('otlp_'))
    expect(findings).toEqual([])
  })

  it('say that the engine is healthy, ready and alive', async () => {
    for (const path of ['/', '/readyz', '/livez']) {
      const response = await fetch(`http://${engine.addresses.health}${path}`)
      expect([path, response.status, await response.json()]).toMatchObject([path, 200, { status: 'ok', reasons: [] }])
    }
  })
})

function sumOf({ samples }: TextFamily, signal: string): number {
  return samples.reduce((sum, { labels, value }) => sum + (labels.signal === signal ? value : 0), 0)
}
