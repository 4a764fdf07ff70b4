/** Finds items in OTLP/JSON requests by what the test named them: spans and log records by name or body, points by attribute. */
import type { Signal } from './conservation.ts'

export interface FoundItem {
  service: string
  /** Span name, log body, the attribute `item` of a data point; empty when it has none. */
  name: string
}

type Message = Readonly<Record<string, unknown>>

const SCOPES: Record<Signal, [resources: string, scopes: string]> = {
  traces: ['resourceSpans', 'scopeSpans'],
  metrics: ['resourceMetrics', 'scopeMetrics'],
  logs: ['resourceLogs', 'scopeLogs'],
  profiles: ['resourceProfiles', 'scopeProfiles'],
}
const POINTS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']

export function itemsIn(signal: Signal, request: unknown): FoundItem[] {
  return messagesIn(signal, request).map(([service, item]) => ({ service, name: nameOf(signal, item) }))
}

/** The items of a service, each by its name with its attributes by key; a data point's value as `asInt`. */
export function attributesIn(signal: Signal, request: unknown, service: string): [name: string, found: Message][] {
  return messagesIn(signal, request)
    .filter(([from]) => from === service)
    .map(([, item]) => {
      const found = Object.fromEntries(list(item, 'attributes').map(({ key, value }) => [key, value]))
      return [nameOf(signal, item), signal === 'metrics' ? { ...found, asInt: item.asInt } : found]
    })
}

function messagesIn(signal: Signal, request: unknown): [service: string, item: Message][] {
  const [resources, scopes] = SCOPES[signal]
  return list(request, resources).flatMap((resource) => {
    const service = attribute(resource.resource, 'service.name')
    return list(resource, scopes)
      .flatMap((scope) => itemsOfScope(signal, scope))
      .map((item): [string, Message] => [service, item])
  })
}

function itemsOfScope(signal: Signal, scope: Message): Message[] {
  if (signal === 'traces') return list(scope, 'spans')
  if (signal === 'logs') return list(scope, 'logRecords')
  if (signal === 'profiles') return list(scope, 'profiles')
  return list(scope, 'metrics').flatMap((metric) => POINTS.flatMap((kind) => list(metric[kind], 'dataPoints')))
}

function nameOf(signal: Signal, item: Message): string {
  if (signal === 'traces') return text(item.name)
  if (signal === 'logs') return text(field(item.body, 'stringValue'))
  return attribute(item, 'item')
}

function attribute(holder: unknown, key: string): string {
  const found = list(holder, 'attributes').find((entry) => entry.key === key)
  return text(field(found?.value, 'stringValue'))
}

function list(holder: unknown, key: string): Message[] {
  const value = field(holder, key)
  return Array.isArray(value) ? value : []
}

function field(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? (holder as Message)[key] : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
