/**
 * Requests as exporters of every age wrote them, byte by byte: with the fields that their .proto files had and that have since been
 * deprecated, removed, or were not there yet.
 */
import { describe, expect, it } from 'vitest'
import { SIGNALS, type Signal } from '../bed/conservation.ts'
import { generateRequest } from '../generator/payload.ts'
import { WireWriter } from '../generator/wire-writer.ts'
import { callOnce, exportPath, frame } from './bed/http2-call.ts'
import { conformanceScene } from './bed/scene.ts'

const NANOS = 1_640_995_200_000_000_000n
const I64 = 1
const LENGTH = 2
const I32 = 5

/** A length-delimited field; text in UTF-8. */
function field(number: number, ...parts: (Uint8Array | string)[]): Uint8Array {
  return new WireWriter()
    .tag(number, LENGTH)
    .sized(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
    .finish()
}

function varint(number: number, value: number | bigint): Uint8Array {
  return new WireWriter().tag(number, 0).varint(value).finish()
}

function fixed64(number: number, value: bigint): Uint8Array {
  return new WireWriter().tag(number, I64).fixed64(value).finish()
}

function fixed32(number: number, value: number): Uint8Array {
  return new WireWriter().tag(number, I32).fixed32(value).finish()
}

const attribute = (number: number, key: string, value: string) =>
  field(number, field(1, key), field(2, field(1, value)))
const resource = (version: string) => field(1, attribute(1, 'service.name', `sent-by-${version}`))
const ids = Buffer.concat([field(1, Buffer.alloc(16, 0x11)), field(2, Buffer.alloc(8, 0x22))])
const times = (start: number) => Buffer.concat([fixed64(start, NANOS), fixed64(start + 1, NANOS + 1n)])
const span = (...more: Uint8Array[]) =>
  field(2, ids, field(3, 'vendor=1'), field(5, 'span'), varint(6, 2), times(7), ...more)
const scope = (...more: Uint8Array[]) => field(1, field(1, 'library'), field(2, '1.2.3'), ...more)

/** Scope of the first releases: `instrumentation_library` and its spans, metrics or logs at field 1000 of the resource. */
const library = (items: Uint8Array) => field(1000, field(1, field(1, 'library')), items)

function pointOf(...more: Uint8Array[]): Uint8Array {
  return field(1, times(2), fixed64(6, 7n), ...more)
}

const sum = (...points: Uint8Array[]) => field(7, ...points, varint(2, 2), varint(3, 1))
const histogram = () =>
  field(
    9,
    field(
      1,
      times(2),
      fixed64(4, 3n),
      fixed64(5, 0n),
      field(6, new WireWriter().fixed64(1n).fixed64(2n).finish()),
      field(7, new WireWriter().double(10).finish()),
    ),
    varint(2, 2),
  )
const metric = (...kind: Uint8Array[]) => field(2, field(1, 'metric'), field(3, '1'), ...kind)
const logOf = (...more: Uint8Array[]) =>
  field(2, fixed64(1, NANOS), varint(2, 9), field(3, 'INFO'), field(5, field(1, 'body')), ...more)

interface Version {
  readonly version: string
  /** By signal: the request, and the items in it that count today. */
  readonly requests: Readonly<Partial<Record<Signal, readonly [items: number, body: Uint8Array]>>>
}

const VERSIONS: readonly Version[] = [
  {
    // instrumentation_library_* (1000) beside scope_*; Status.deprecated_code (1); labels (1) of points; LogRecord.name (4).
    version: '0.19',
    requests: {
      traces: [
        1,
        field(
          1,
          resource('0.19'),
          field(
            2,
            scope(),
            span(field(15, varint(1, 2), field(2, 'failed'), varint(3, 2))),
            field(3, 'https://opentelemetry.io/schemas/1.9.0'),
          ),
          library(span()),
        ),
      ],
      metrics: [
        2,
        field(
          1,
          resource('0.19'),
          field(
            2,
            scope(),
            metric(sum(pointOf(field(1, field(1, 'label'), field(2, 'value'))))),
            metric(histogram()),
            metric(field(4, pointOf())),
          ),
          library(metric()),
        ),
      ],
      logs: [
        1,
        field(
          1,
          resource('0.19'),
          field(2, scope(), logOf(field(4, 'name'), varint(7, 1), fixed32(8, 1))),
          library(logOf()),
        ),
      ],
    },
  },
  {
    // Stable names only; scope attributes (3) and their dropped count (4).
    version: '1.0',
    requests: {
      traces: [
        1,
        field(
          1,
          resource('1.0'),
          field(2, scope(attribute(3, 'k', 'v'), varint(4, 1)), span(attribute(9, 'http.method', 'GET'))),
        ),
      ],
      metrics: [
        2,
        field(1, resource('1.0'), field(2, scope(), metric(sum(pointOf(attribute(7, 'k', 'v')), pointOf())))),
      ],
      logs: [1, field(1, resource('1.0'), field(2, scope(), logOf(attribute(6, 'k', 'v'), fixed64(11, NANOS))))],
    },
  },
  {
    // Span.flags (16), Link.flags (6), Metric.metadata (12).
    version: '1.3',
    requests: {
      traces: [
        1,
        field(1, resource('1.3'), field(2, scope(), span(fixed32(16, 0x301), field(13, ids, fixed32(6, 0x101))))),
      ],
      metrics: [1, field(1, resource('1.3'), field(2, scope(), metric(sum(pointOf()), attribute(12, 'meta', 'data'))))],
      logs: [1, field(1, resource('1.3'), field(2, scope(), logOf(fixed32(8, 1))))],
    },
  },
  {
    // LogRecord.event_name (12), Resource.entity_refs (3).
    version: '1.9',
    requests: {
      traces: [
        1,
        field(
          1,
          field(
            1,
            attribute(1, 'service.name', 'sent-by-1.9'),
            field(3, field(2, 'service'), field(3, 'service.name')),
          ),
          field(2, scope(), span()),
        ),
      ],
      metrics: [1, field(1, resource('1.9'), field(2, scope(), metric(sum(pointOf()))))],
      logs: [1, field(1, resource('1.9'), field(2, scope(), logOf(field(12, 'event.name'))))],
    },
  },
]

const scene = conformanceScene()

describe.each(VERSIONS)('$version', ({ version, requests }) => {
  it.each(Object.entries(requests) as [Signal, readonly [number, Uint8Array]][])(
    `[C05] %s of version ${version} over gRPC and HTTP are taken, every item counted`,
    async (signal, [items, bytes]) => {
      const body = Buffer.from(bytes)
      const { code, messages } = await callOnce(scene.grpc, { path: exportPath(signal), pieces: [frame(body)] })
      expect([code, messages.map(String)]).toEqual([0, ['']])
      const answer = await scene.post(signal, body)
      expect([answer.status, answer.body.toString()]).toEqual([200, ''])
      const records = (await scene.records(signal)).filter(({ payload }) => payload!.includes(`sent-by-${version}`))
      expect(records.map(({ headers }) => headers['otlp.items'])).toEqual([String(items), String(items)])
    },
  )
})

it.each([...SIGNALS])('[C05] %s of version 1.11, every field of it, are taken over gRPC and HTTP', async (signal) => {
  for (let seed = 0; seed < 20; seed++) {
    const body = Buffer.from(generateRequest(signal, seed))
    expect((await callOnce(scene.grpc, { path: exportPath(signal), pieces: [frame(body)] })).code).toBe(0)
    expect((await scene.post(signal, body)).status).toBe(200)
  }
})
