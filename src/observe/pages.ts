/** What the metrics port and the health port show. */
import type { SharedState } from '../shared-memory/shared-state.ts'
import type { Page, Pages } from './admin-server.ts'
import { connectorFamilies } from './connector-metrics.ts'
import { ConnectorCounters } from './connector-values.ts'
import { type Health, health, liveness, readiness } from './health.ts'
import { processFamilies } from './process-metrics.ts'
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from './prometheus.ts'
import { sluiceFamilies } from './sluice-metrics.ts'
import { snapshot } from './snapshot.ts'

export interface PageFacts {
  readonly connectorName: string
  readonly version: string
  readonly startedAtMs: number
}

export function metricsPages(shared: SharedState, { connectorName, version, startedAtMs }: PageFacts): Pages {
  const connector = new ConnectorCounters()
  const metrics = (): Page => {
    const now = snapshot(shared)
    const families = [
      ...connectorFamilies(connector.values(now), connectorName),
      ...sluiceFamilies(now, version),
      ...processFamilies(startedAtMs),
    ]
    return { status: 200, contentType: PROMETHEUS_CONTENT_TYPE, body: prometheusText(families) }
  }
  return { '/metrics': metrics }
}

export function healthPages(shared: SharedState, facts: PageFacts): Pages {
  return {
    '/': () => healthPage(health(shared), facts),
    '/livez': () => healthPage(liveness(shared), facts),
    '/readyz': () => healthPage(readiness(shared), facts),
  }
}

function healthPage(
  { healthy, engine, kafka, reasons }: Health,
  { connectorName, version, startedAtMs }: PageFacts,
): Page {
  const body = {
    status: healthy ? 'ok' : 'unavailable',
    engine,
    kafka,
    name: connectorName,
    version,
    uptimeSeconds: Math.max(0, Math.floor((Date.now() - startedAtMs) / 1000)),
    reasons,
  }
  return { status: healthy ? 200 : 503, contentType: 'application/json', body: `${JSON.stringify(body)}\n` }
}
