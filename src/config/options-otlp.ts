import { GIB, KIB, MIB } from '../base/units.ts'
import type { IntegerOption, OptionTable, TextOption } from './option-types.ts'

/** What can arrive, where, and how much of it. */
export const OTLP_OPTIONS = {
  name: {
    kind: 'text',
    default: 'otlp-source',
    accepts: (value) => /^[\p{L}\p{N}._ -]{1,249}$/u.test(value),
    allowed: '1 to 249 letters, digits, `.`, `_`, `-` or blanks',
    meaning: 'Connector name: the label `connector_name`, and the `client.id` towards Kafka.',
  },
  'otlp.bind.address': {
    kind: 'text',
    default: '127.0.0.1',
    accepts: isAddress,
    allowed: 'an IP address or a host name',
    meaning:
      'Address of both receivers. Anything but a loopback address prints a warning: there is no TLS and no authentication.',
  },
  'otlp.grpc.enabled': { kind: 'boolean', default: true, meaning: 'Whether OTLP/gRPC is served.' },
  'otlp.grpc.port': receiverPort(4317, 'OTLP/gRPC'),
  'otlp.http.enabled': { kind: 'boolean', default: true, meaning: 'Whether OTLP/HTTP is served.' },
  'otlp.http.port': receiverPort(4318, 'OTLP/HTTP'),
  'otlp.http.path.traces': path('/v1/traces', 'traces'),
  'otlp.http.path.metrics': path('/v1/metrics', 'metrics'),
  'otlp.http.path.logs': path('/v1/logs', 'logs'),
  'otlp.http.path.profiles': path('/v1development/profiles', 'profiles'),
  'otlp.http.cors.allowed.origins': {
    kind: 'list',
    default: [],
    accepts: (value) => value === '*' || /^[a-z][a-z0-9+.-]*:\/\/(?=.)[^\s/*]*\*?[^\s/*]*$/i.test(value),
    allowed: 'a list of origins such as `https://app.example.com` or `https://*.example.com`, or `*`',
    meaning:
      'Web pages that may send over HTTP (CORS), by their origin; `*` = any. Empty: off, a browser sends from no other origin.',
  },
  'otlp.http.cors.allowed.headers': {
    kind: 'list',
    default: [],
    accepts: (value) => /^[\w!#$%&'*+.^`|~-]+$/.test(value),
    allowed: 'a list of header names, or `*`',
    meaning:
      'Headers that such pages may send beside Accept, Content-Type, Content-Encoding and X-Requested-With; `*` = any.',
  },
  'otlp.request.max.bytes': {
    kind: 'integer',
    default: 64 * MIB,
    min: KIB,
    max: 256 * MIB,
    unit: 'bytes',
    meaning:
      'Limit per request, on the wire and after decompression. Larger ones are refused for good (413, RESOURCE_EXHAUSTED).',
  },
  'otlp.response.max.bytes': {
    kind: 'integer',
    default: 4 * MIB,
    // `{}` is a response.
    min: 2,
    max: 64 * MIB,
    unit: 'bytes',
    meaning:
      'Limit of a response, before compression. A partial success above it loses the end of its message; one that does not fit even then is answered with RESOURCE_EXHAUSTED, over HTTP with 500.',
  },
  'otlp.request.timeout.ms': {
    kind: 'integer',
    default: 8000,
    min: 10,
    max: 600_000,
    unit: 'ms',
    meaning:
      'The answer is given by then, whatever Kafka does. Keep it below the timeout of your exporters (10 s in the SDKs). The time begins with the last byte of the body, which must come within 60 s of the headers, or this time if it is longer.',
  },
  'otlp.ack': {
    kind: 'choice',
    default: 'kafka',
    values: ['kafka', 'queue'],
    meaning:
      '`kafka`: answered after Kafka confirmed every record of the request. `queue`: answered once it is in the queue; a killed process then loses what was not yet delivered. A request so large that its record might exceed `kafka.record.max.bytes` is answered as with `kafka`.',
  },
  'otlp.json.lenient': {
    kind: 'boolean',
    default: false,
    meaning:
      'Whether OTLP/JSON may also use the names of the .proto files, as the Collector takes them: keys in snake_case (`trace_id`) and names of enum values (`SPAN_KIND_SERVER`). The specification allows neither: without this such keys are ignored, and such a name is refused.',
  },
  'otlp.validation': {
    kind: 'choice',
    default: 'spec',
    values: ['off', 'spec', 'strict'],
    meaning:
      'Which items (spans, data points, log records, profiles) are rejected alone, with their count in `partial_success`. `spec`: those with an id of a wrong length or text that is not UTF-8. `strict`: also those that break a rule of docs/validation.md. `off`: none, what decodes passes; in records of `json`, what is not UTF-8 becomes U+FFFD, in those of `protobuf` it stays.',
  },
  'otlp.message.queue.size': {
    kind: 'integer',
    default: 10_000,
    min: 100,
    max: 1_000_000,
    unit: 'requests',
    meaning: 'Requests per signal that may wait for a serializer. A full queue refuses (503, UNAVAILABLE).',
  },
  'otlp.queue.max.bytes': {
    kind: 'integer',
    default: 256 * MIB,
    min: 64 * KIB,
    max: GIB,
    unit: 'bytes',
    meaning:
      'Bytes of requests per signal that are being received, queued or not yet delivered. At least `otlp.request.max.bytes`.',
  },
  'otlp.grpc.max.concurrent.streams': {
    kind: 'integer',
    default: 1000,
    min: 1,
    max: 1_000_000,
    unit: 'streams',
    meaning: 'Calls that one gRPC connection may have open at a time.',
  },
  'otlp.connections.max': {
    kind: 'integer',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    meaning:
      'Connections open at once to each receiver (gRPC, HTTP). Each ingest thread takes its equal part; one beyond it is closed.',
  },
} as const satisfies OptionTable

/** Host names, IPv4 and IPv6; whether it belongs to this machine is the operating system's answer at start. */
export function isAddress(value: string): boolean {
  return /^(?:[0-9A-Za-z](?:[0-9A-Za-z._-]*)|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[0-9A-Za-z]+)?)$/.test(value)
}

function receiverPort(port: number, what: string): IntegerOption {
  return {
    kind: 'integer',
    default: port,
    min: 0,
    max: 65_535,
    unit: 'port',
    meaning: `Port of ${what}; 0 = any free port.`,
  }
}

function path(value: string, signal: string): TextOption {
  return {
    kind: 'text',
    default: value,
    // uWebSockets.js reads `*` and `:` as patterns: the path would take more than it says.
    accepts: (text) => /^\/[\w.~!$&'()+,;=@%/-]*$/.test(text),
    allowed: 'a path that starts with `/`, without query, fragment, blanks, `*` or `:`',
    meaning: `Path that takes ${signal} over HTTP.`,
  }
}
