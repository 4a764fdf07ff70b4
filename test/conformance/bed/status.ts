/** Answers read with the official shapes: google.rpc.Status with its details, and the response message of each signal. */
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { SIGNAL_FACTS, type Signal } from '../../../src/otlp/signal.ts'

/** What any of the clients got. */
export interface Answer {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface Detail {
  /** Without the prefix of the URL: `google.rpc.BadRequest`. */
  readonly type: string
  readonly value: Readonly<Record<string, unknown>>
}

export interface Status {
  readonly code: number
  readonly message: string
  readonly details: readonly Detail[]
}

export interface PartialSuccess {
  readonly rejected: number
  readonly errorMessage: string
}

const URL_PREFIX = 'type.googleapis.com/'

/** @throws when the body is no google.rpc.Status in the encoding that the answer's content type names */
export function statusOf({ headers, body }: Answer): Status {
  if (headers['content-type'] === 'application/json') return statusFromJson(body)
  if (headers['content-type'] === 'application/x-protobuf') return statusFromProtobuf(body)
  throw new Error(`${headers['content-type']}: ${body.subarray(0, 200)}`)
}

export function statusFromProtobuf(body: Uint8Array): Status {
  const type = protobufType('google.rpc.Status')
  const { code = 0, message = '', details = [] } = type.toObject(type.decode(body)) as Partial<RawStatus>
  return { code, message, details: details.map(detailFromAny) }
}

interface RawStatus {
  code: number
  message: string
  details: { typeUrl: string; value: Uint8Array }[]
}

function detailFromAny({ typeUrl, value }: RawStatus['details'][number]): Detail {
  const name = typeUrl.replace(URL_PREFIX, '')
  const type = protobufType(name)
  return { type: name, value: type.toObject(type.decode(value), { longs: Number }) }
}

function statusFromJson(body: Buffer): Status {
  const { code, message, details = [], ...rest } = JSON.parse(body.toString())
  if (typeof code !== 'number' || typeof message !== 'string' || Object.keys(rest).length > 0) {
    throw new Error(`no google.rpc.Status in ProtoJSON: ${body}`)
  }
  return { code, message, details: details.map(detailFromJson) }
}

function detailFromJson({ '@type': url, ...value }: Record<string, unknown>): Detail {
  return { type: String(url).replace(URL_PREFIX, ''), value }
}

/** The partial success of a response, undefined when it is not set. @throws when the body is not the signal's response */
export function partialOf(signal: Signal, { headers, body }: Answer) {
  const isJson = headers['content-type'] === 'application/json'
  return isJson ? partialFromJson(signal, body) : partialFromProtobuf(signal, body)
}

export function partialFromProtobuf(signal: Signal, body: Uint8Array): PartialSuccess | undefined {
  const { requestMessage, rejectedField } = SIGNAL_FACTS.find(({ name }) => name === signal)!
  const type = protobufType(requestMessage.replace('Request', 'Response'))
  const { partialSuccess } = type.toObject(type.decode(body), { longs: Number })
  if (partialSuccess === undefined) return undefined
  return { rejected: partialSuccess[rejectedField] ?? 0, errorMessage: partialSuccess.errorMessage ?? '' }
}

function partialFromJson(signal: Signal, body: Buffer): PartialSuccess | undefined {
  const { rejectedField } = SIGNAL_FACTS.find(({ name }) => name === signal)!
  const { partialSuccess, ...rest } = JSON.parse(body.toString())
  if (Object.keys(rest).length > 0) throw new Error(`no response message: ${body}`)
  if (partialSuccess === undefined) return undefined
  const { [rejectedField]: rejected = '0', errorMessage = '', ...others } = partialSuccess
  // ProtoJSON writes a 64-bit integer as text.
  if (typeof rejected !== 'string' || Object.keys(others).length > 0) throw new Error(`no partial success: ${body}`)
  return { rejected: Number(rejected), errorMessage }
}
