/** Every HTTP answer, by verdict and encoding; what does not depend on the request is encoded once, at load. */

import { gzipSync } from 'node:zlib'
import { kernelErrorText } from '../otlp/kernel-instance.ts'
import {
  badRequestStatus,
  ENCODING,
  type Encoding,
  MEDIA_TYPES,
  partialSuccess,
  plainStatus,
  retryStatus,
  STATUS_CODE,
  SUCCESS_BODIES,
} from '../otlp/responses.ts'
import { ACCEPTED_CODINGS } from './body.ts'
import { allowedMethods, writeCors } from './cors.ts'
import { isNegotiable, wantsGzip } from './response-coding.ts'
import { DELAYS_SECONDS } from './retry-pace.ts'
import type { HttpResponse } from './uws.ts'
import {
  RESPONSE_TOO_LARGE_TEXT,
  RETRY_FACTS,
  RETRY_FROM,
  recordFaultText,
  TOO_LARGE_TEXT,
  VERDICT,
} from './verdict.ts'

interface RetryAnswer {
  readonly retryAfter: string
  readonly body: Buffer
}

/** Retry-After knows whole seconds only, and 0 would be no delay. */
function retryAnswer(encoding: Encoding, message: string, delaySeconds: number): RetryAnswer {
  const retryAfter = String(Math.max(1, Math.round(delaySeconds)))
  return { retryAfter, body: retryStatus(encoding, message, delaySeconds) }
}

/** By encoding, then verdict - RETRY_FROM, then step of the delay. */
const RETRY_ANSWERS = [ENCODING.PROTOBUF, ENCODING.JSON].map((encoding) =>
  RETRY_FACTS.map(({ message }) => DELAYS_SECONDS.map((delay) => retryAnswer(encoding, message, delay))),
)

const BAD_CODING_TEXT = 'The body does not match its Content-Encoding: it does not inflate, or bytes follow it.'

/** What becomes of the connection after the answer. */
export const GOODBYE = {
  KEEP: 0,
  /** Closed as soon as the answer is out; only when nothing of the body is missing. */
  CLOSE: 1,
  /** The client is asked to close: closing while it still sends would reset the connection and destroy the answer. */
  ASK: 2,
} as const
export type Goodbye = (typeof GOODBYE)[keyof typeof GOODBYE]

/** What every answer to a request has, whatever it says. */
export interface AnswerFrame {
  encoding: Encoding
  /** Of the request, '' when absent. */
  acceptEncoding: string
  /** Of the request's Origin, see Cors.allow; undefined when CORS is off. */
  allowOrigin: string | undefined
  goodbye: Goodbye
}

export interface HttpAnswer extends AnswerFrame {
  verdict: number
  signalIndex: number
  items: number
  /** Why a body does not decode, where the verdict alone does not say it; what a PARTIAL one has to tell. */
  text: string
  /** The delay asked for, of verdicts that ask for one: an index into DELAYS_SECONDS. */
  retryStep: number
}

/** Must run inside cork. @param responseBytesMax of an Export response */
export function writeAnswer(res: HttpResponse, answer: HttpAnswer, responseBytesMax: number): void {
  const { verdict, encoding } = answer
  if (verdict === VERDICT.ACCEPTED) finish(res, answer, SUCCESS_BODIES[encoding]!)
  else if (verdict >= RETRY_FROM) writeRetry(res, answer)
  else if (PARTIAL_VERDICTS.has(verdict)) writePartial(res, answer, responseBytesMax)
  else if (verdict === VERDICT.BODY_TOO_LARGE) {
    res.writeStatus('413 Payload Too Large')
    finish(res, answer, plainStatus(encoding, STATUS_CODE.RESOURCE_EXHAUSTED, TOO_LARGE_TEXT))
  } else {
    res.writeStatus('400 Bad Request')
    finish(res, answer, badRequestStatus(encoding, reasonOf(answer)))
  }
}

/** Answered with the Export response all the same. */
const PARTIAL_VERDICTS: ReadonlySet<number> = new Set([
  VERDICT.PARTIAL,
  VERDICT.RECORD_TOO_LARGE,
  VERDICT.RECORD_REFUSED,
])

function writePartial(res: HttpResponse, answer: HttpAnswer, responseBytesMax: number): void {
  const { verdict, encoding, signalIndex, items } = answer
  const text = verdict === VERDICT.PARTIAL ? answer.text : recordFaultText(verdict)
  const body = partialSuccess(encoding, signalIndex, items, text, responseBytesMax)
  if (body !== undefined) finish(res, answer, body)
  else {
    res.writeStatus('500 Internal Server Error')
    finish(res, answer, plainStatus(encoding, STATUS_CODE.RESOURCE_EXHAUSTED, RESPONSE_TOO_LARGE_TEXT))
  }
}

function reasonOf({ verdict, text }: HttpAnswer): string {
  if (text !== '') return text
  return verdict < 0 ? kernelErrorText(verdict) : BAD_CODING_TEXT
}

function writeRetry(res: HttpResponse, answer: HttpAnswer): void {
  const variant = RETRY_ANSWERS[answer.encoding]![answer.verdict - RETRY_FROM]![answer.retryStep]!
  res.writeStatus('503 Service Unavailable').writeHeader('Retry-After', variant.retryAfter)
  finish(res, answer, variant.body)
}

function finish(res: HttpResponse, frame: AnswerFrame, body: Buffer): void {
  const { goodbye, allowOrigin, acceptEncoding } = frame
  res.writeHeader('Content-Type', MEDIA_TYPES[frame.encoding])
  if (goodbye === GOODBYE.ASK) res.writeHeader('Connection', 'close')
  if (allowOrigin !== undefined) writeCors(res, allowOrigin)
  if (isNegotiable(body.length)) res.writeHeader('Vary', 'Accept-Encoding')
  if (!wantsGzip(acceptEncoding, body.length)) res.end(body, goodbye === GOODBYE.CLOSE)
  else res.writeHeader('Content-Encoding', 'gzip').end(gzipSync(body), goodbye === GOODBYE.CLOSE)
}

/** Answers outside the Export requests: wrong path, method, media type or headers. */
export const HTTP_FAULT = { NONE: -1, NOT_FOUND: 0, METHOD: 1, MEDIA_TYPE: 2, CODING: 3, HEADERS: 4 } as const
export type HttpFault = (typeof HTTP_FAULT)[keyof typeof HTTP_FAULT]

interface HttpFaultFacts {
  readonly status: string
  readonly code: number
  readonly text: string
  readonly header?: readonly [string, string]
}

/** By HttpFault. */
const HTTP_FAULT_FACTS: readonly HttpFaultFacts[] = [
  {
    status: '404 Not Found',
    code: STATUS_CODE.NOT_FOUND,
    text: 'There is no OTLP receiver at this path.',
  },
  {
    status: '405 Method Not Allowed',
    code: STATUS_CODE.UNIMPLEMENTED,
    text: 'OTLP/HTTP takes POST only.',
  },
  {
    status: '415 Unsupported Media Type',
    code: STATUS_CODE.INVALID_ARGUMENT,
    text: 'Content-Type must be application/x-protobuf or application/json.',
  },
  {
    status: '415 Unsupported Media Type',
    code: STATUS_CODE.UNIMPLEMENTED,
    text: `Content-Encoding must be one of ${ACCEPTED_CODINGS}, identity; a body is compressed once.`,
    header: ['Accept-Encoding', ACCEPTED_CODINGS],
  },
  {
    status: '400 Bad Request',
    code: STATUS_CODE.INVALID_ARGUMENT,
    text: 'Host, Content-Type, Content-Length and Transfer-Encoding may be sent once, with a value; a transfer coding other than chunked is not taken.',
  },
]

/** @param hint what the client may do instead, where that depends on the configuration */
export function writeFault(res: HttpResponse, fault: HttpFault, frame: AnswerFrame, hint = ''): void {
  const body = beginFault(res, fault, frame, hint)
  finish(res, frame, body)
}

/** The answer to HEAD: as the one to GET, without its body; one that closes names no length but 0, for want of a way. */
export function writeFaultHead(res: HttpResponse, fault: HttpFault, frame: AnswerFrame, hint = ''): void {
  const body = beginFault(res, fault, frame, hint)
  res.writeHeader('Content-Type', MEDIA_TYPES[frame.encoding])
  if (frame.goodbye === GOODBYE.CLOSE) {
    res.end('', true)
    return
  }
  res.writeHeader('Content-Length', String(body.length))
  if (frame.goodbye === GOODBYE.ASK) res.writeHeader('Connection', 'close')
  // With any argument it would leave the response open, and that ends the process.
  res.endWithoutBody()
}

function beginFault(res: HttpResponse, fault: HttpFault, frame: AnswerFrame, hint: string): Buffer {
  const { encoding, allowOrigin } = frame
  const { status, code, text, header } = HTTP_FAULT_FACTS[fault]!
  res.writeStatus(status)
  if (fault === HTTP_FAULT.METHOD) res.writeHeader('Allow', allowedMethods(allowOrigin !== undefined))
  if (header) res.writeHeader(header[0], header[1])
  return plainStatus(encoding, code, text + hint)
}
