/** Finds items in OTLP/JSON requests by what the test named them: spans and log records by name or body, points by attribute. */
import type { Signal } from './conservation.ts'

interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: string }
}

interface Item {
  name?: string
  body?: { stringValue?: string }
  attributes?: Attribute[]
}

export interface FoundItem {
  service: string
  /** Span name, log body, the attribute `item` of a data point; empty when it has none. */
  name: string
}

/* biome-ignore lint/suspicious/noExplicitAny: the shape differs by signal and is what the tests look into */
type Json = any

const SCOPES: Record<Signal, [resources: string, scopes: string]> = {
  traces: ['resourceSpans', 'scopeSpans'],
  metrics: ['resourceMetrics', 'scopeMetrics'],
  logs: ['resourceLogs', 'scopeLogs'],
  profiles: ['resourceProfiles', 'scopeProfiles'],
}
const POINTS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']

export function itemsIn(signal: Signal, request: Json): FoundItem[] {
  const [resources, scopes] = SCOPES[signal]
  return list(request[resources]).flatMap((resource) => {
    const service = attribute(resource.resource?.attributes, 'service.name')
    return list(resource[scopes])
      .flatMap((scope) => itemsOfScope(signal, scope))
      .map((item) => ({ service, name: nameOf(signal, item) }))
  })
}

function itemsOfScope(signal: Signal, scope: Json): Item[] {
  if (signal === 'traces') return list(scope.spans)
  if (signal === 'logs') return list(scope.logRecords)
  if (signal === 'profiles') return list(scope.profiles)
  return list(scope.metrics).flatMap((metric) => POINTS.flatMap((kind) => list(metric[kind]?.dataPoints)))
}

function nameOf(signal: Signal, item: Item): string {
  if (signal === 'traces') return item.name ?? ''
  if (signal === 'logs') return item.body?.stringValue ?? ''
  return attribute(item.attributes, 'item')
}

function attribute(attributes: Attribute[] | undefined, key: string): string {
  return attributes?.find((entry) => entry.key === key)?.value.stringValue ?? ''
}

function list(value: Json): Json[] {
  return value ?? []
}
