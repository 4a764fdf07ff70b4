/** Parts of an Export request written in OTLP/JSON, as the kernel understands them: read to protobuf and decoded. */
import { jsonFaultText } from '../../src/otlp/json-fault.ts'
import { KERNEL_ERROR } from '../../src/otlp/kernel-instance.ts'
import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../src/otlp/schema.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { KernelBed } from '../generator/kernel-bed.ts'

export const TRACES = 0
export const METRICS = 1
export const LOGS = 2
export const PROFILES = 3

export type Fields = Readonly<Record<string, unknown>>

/** A text that is no request, with what its sender is told. */
export class JsonRefused extends Error {
  override readonly name = 'JsonRefused'
}

const bed = new KernelBed(8 << 20, 16 << 20)

/** @returns the request in protobuf; @throws JsonRefused */
export function readJson(signalIndex: number, text: string | Uint8Array, flags = 0): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const { code, request } = bed.fromJson(SIGNALS[signalIndex]!, bytes, { flags })
  if (code >= 0) return request
  if (code !== KERNEL_ERROR.BAD_JSON) throw new Error(`fromJson answered ${code}`)
  throw new JsonRefused(jsonFaultText(bed.kernel.jsonFault(), bytes))
}

/** Of the text that was read last. */
export function originalName(): { readonly original: string; readonly name: string } | undefined {
  return bed.kernel.jsonOriginalName()
}

/** The whole request; 64-bit integers as decimal strings, bytes in base64. */
export function decoded(signalIndex: number, text: string, flags = 0): Fields {
  const type = protobufType(REQUEST_MESSAGES[signalIndex]!)
  return type.toObject(type.decode(readJson(signalIndex, text, flags)), { longs: String, bytes: String })
}

/** @param members of the span, as JSON text without braces */
export function span(members: string, flags = 0): Fields {
  const request = decoded(TRACES, `{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`, flags)
  return only(request, 'resourceSpans', 'scopeSpans', 'spans')
}

/** @param kind for example `histogram`; @param members of its one data point */
export function point(kind: string, members: string): Fields {
  const metric = `{"${kind}":{"dataPoints":[{${members}}]}}`
  const request = decoded(METRICS, `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`)
  return only(request, 'resourceMetrics', 'scopeMetrics', 'metrics', kind, 'dataPoints')
}

/** @param anyValue the body of a log record */
export function body(anyValue: string): Fields {
  const request = decoded(LOGS, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${anyValue}}]}]}]}`)
  return only(request, 'resourceLogs', 'scopeLogs', 'logRecords', 'body')
}

/** @param members of the profile */
export function profile(members: string): Fields {
  const request = decoded(PROFILES, `{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{${members}}]}]}]}`)
  return only(request, 'resourceProfiles', 'scopeProfiles', 'profiles')
}

/** Follows a path; of an array the first element. @throws when the path does not lead to a message */
function only(request: Fields, ...path: readonly string[]): Fields {
  let at: unknown = request
  for (const key of path) {
    const value: unknown = (at as Fields)[key]
    at = Array.isArray(value) ? value[0] : value
    if (typeof at !== 'object' || at === null) throw new Error(`${path.join('.')} is not there: no ${key}`)
  }
  return at as Fields
}
