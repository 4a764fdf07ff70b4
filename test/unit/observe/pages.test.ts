import { describe, expect, it } from 'vitest'
import { healthPages, metricsPages } from '../../../src/observe/pages.ts'
import { ENGINE_STATE, KAFKA_STATE } from '../../../src/shared-memory/control-block.ts'
import { COUNTER_CATALOG } from '../../../src/shared-memory/counter-catalog.ts'
import { counterCell } from '../../../src/shared-memory/counters.ts'
import { lintNames, readPrometheusText, type TextFamily } from '../../bed/prometheus-text.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

const FACTS = { connectorName: 'otlp "source"', version: '1.2.3', startedAtMs: Date.now() - 90_000 }

function scrape(bed: SharedBed): ReadonlyMap<string, TextFamily> {
  const page = metricsPages(bed.shared, FACTS)['/metrics']!()
  expect(page.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  return new Map(readPrometheusText(page.body).map((family) => [family.name, family]))
}

describe('the metrics page', () => {
  it('is valid Prometheus text with names as Prometheus wants them, but for the names of the connector', () => {
    const families = [...scrape(new SharedBed()).values()]
    expect(lintNames(families.filter(({ name }) => !name.startsWith('otlp_')))).toEqual([])
  })

  it('has the names of the connector, no more and no less, under its label', () => {
    const otlp = [...scrape(new SharedBed()).values()].filter(({ name }) => name.startsWith('otlp_'))
    expect(otlp.map(({ name }) => name.slice('otlp_'.length)).sort()).toEqual(
      [
        'TracesReceived',
        'MetricsReceived',
        'LogsReceived',
        'TracesDropped',
        'MetricsDropped',
        'LogsDropped',
        'RecordsProduced',
        'TracesQueueSize',
        'MetricsQueueSize',
        'LogsQueueSize',
        'QueueCapacity',
        'MaxQueueUtilizationPercent',
        'TotalMessagesReceived',
        'TotalMessagesDropped',
        'TotalLagCount',
        'DropRate',
      ].sort(),
    )
    for (const { samples } of otlp)
      expect(samples.map(({ labels }) => labels)).toEqual([{ connector_name: 'otlp "source"' }])
  })

  it('has every counter of the catalogue, by signal and thread', () => {
    const bed = new SharedBed()
    bed.shared.counters(2).add(counterCell('received_items', 1), 42)
    const families = scrape(bed)
    for (const { name } of COUNTER_CATALOG) expect(families.get(`sluice_${name}_total`)?.type, name).toBe('counter')
    expect(families.get('sluice_received_items_total')!.samples).toContainEqual({
      labels: { signal: 'metrics', thread: 'ingest-1' },
      value: 42,
    })
    expect(families.get('sluice_producers_created_total')!.samples).toEqual([
      { labels: { thread: 'main-0' }, value: 0 },
    ])
  })

  it('shows what is held, by signal', () => {
    const bed = new SharedBed()
    bed.queue(0, { signal: 2, items: 4, acked: true })
    bed.take(1, 3, { signal: 2, items: 5 })
    bed.take(2, 3, { signal: 2, items: 6 })
    bed.shared.requests.markAnswered(2)
    const families = scrape(bed)
    const logs = (name: string) => families.get(name)!.samples.find(({ labels }) => labels.signal === 'logs')!.value
    expect(logs('sluice_queued_items')).toBe(4)
    expect(logs('sluice_queued_requests')).toBe(1)
    expect(logs('sluice_queued_bytes')).toBe(4)
    expect(logs('sluice_in_flight_items')).toBe(5)
    expect(logs('sluice_late_pending_items')).toBe(6)
    expect(logs('sluice_undelivered_items')).toBe(4)
    expect(logs('sluice_conservation_error_items')).toBe(-9)
  })

  it('shows the states and the process', () => {
    const bed = new SharedBed()
    bed.shared.control.engineState = ENGINE_STATE.PAUSED
    bed.shared.control.kafkaState = KAFKA_STATE.UP
    const families = scrape(bed)
    const value = (name: string) => families.get(name)!.samples[0]!.value
    expect(families.get('sluice_engine_state')!.samples.filter(({ value }) => value === 1)).toEqual([
      { labels: { state: 'paused' }, value: 1 },
    ])
    expect(value('sluice_kafka_up')).toBe(1)
    expect(families.get('sluice_build_info')!.samples[0]!.labels).toMatchObject({ version: '1.2.3' })
    expect(value('process_start_time_seconds')).toBe(FACTS.startedAtMs / 1000)
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(value('process_open_fds')).toBeGreaterThan(2)
    expect(value('process_max_fds')).toBeGreaterThan(value('process_open_fds'))
  })
})

describe('the health page', () => {
  it('is JSON with the reasons, and says how long the process lives', () => {
    const bed = new SharedBed()
    const page = healthPages(bed.shared, FACTS)['/']!()
    expect(page).toMatchObject({ status: 503, contentType: 'application/json' })
    const body = JSON.parse(page.body)
    expect(body).toMatchObject({
      status: 'unavailable',
      engine: 'starting',
      kafka: 'down',
      name: 'otlp "source"',
      version: '1.2.3',
    })
    expect(body.reasons).toHaveLength(2)
    expect(body.uptimeSeconds).toBeGreaterThanOrEqual(90)
    bed.shared.control.engineState = ENGINE_STATE.RUNNING
    bed.shared.control.kafkaState = KAFKA_STATE.UP
    const healthy = healthPages(bed.shared, FACTS)['/']!()
    expect(healthy.status).toBe(200)
    expect(JSON.parse(healthy.body)).toMatchObject({ status: 'ok', reasons: [] })
  })
})
