/** Every HTTP answer, by verdict and encoding; what does not depend on the request is encoded once, at load. */

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
import type { HttpResponse } from './uws.ts'
import { RETRY_FACTS, RETRY_FROM, type RetryFacts, recordFaultText, TOO_LARGE_TEXT, VERDICT } from './verdict.ts'

interface RetryAnswer {
  readonly delaySeconds: string
  readonly body: Buffer
}

function retryAnswers(facts: RetryFacts, encoding: Encoding): readonly RetryAnswer[] {
  const answers: RetryAnswer[] = []
  for (let delay = facts.delaySecondsMin; delay <= facts.delaySecondsMax; delay++) {
    answers.push({ delaySeconds: String(delay), body: retryStatus(encoding, facts.message, delay) })
  }
  return answers
}

/** By encoding, then verdict - RETRY_FROM: one answer per delay. */
const RETRY_ANSWERS = [ENCODING.PROTOBUF, ENCODING.JSON].map((encoding) =>
  RETRY_FACTS.map((facts) => retryAnswers(facts, encoding)),
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

export interface HttpAnswer {
  verdict: number
  encoding: Encoding
  signalIndex: number
  items: number
  /** Why a body does not decode, where the verdict alone does not say it; a warning when it is accepted. */
  text: string
  goodbye: Goodbye
}

/** Must run inside cork. */
export function writeAnswer(res: HttpResponse, answer: HttpAnswer): void {
  const { verdict, encoding } = answer
  if (verdict === VERDICT.ACCEPTED) finish(res, answer, successBody(answer))
  else if (verdict >= RETRY_FROM) writeRetry(res, answer)
  else if (verdict === VERDICT.RECORD_TOO_LARGE || verdict === VERDICT.RECORD_REFUSED) {
    finish(res, answer, partialSuccess(encoding, answer.signalIndex, answer.items, recordFaultText(verdict)))
  } else if (verdict === VERDICT.BODY_TOO_LARGE) {
    res.writeStatus('413 Payload Too Large')
    finish(res, answer, plainStatus(encoding, STATUS_CODE.RESOURCE_EXHAUSTED, TOO_LARGE_TEXT))
  } else {
    res.writeStatus('400 Bad Request')
    finish(res, answer, badRequestStatus(encoding, reasonOf(answer)))
  }
}

function successBody({ encoding, signalIndex, text }: HttpAnswer): Buffer {
  return text === '' ? SUCCESS_BODIES[encoding]! : partialSuccess(encoding, signalIndex, 0, text)
}

function reasonOf({ verdict, text }: HttpAnswer): string {
  if (text !== '') return text
  return verdict < 0 ? kernelErrorText(verdict) : BAD_CODING_TEXT
}

function writeRetry(res: HttpResponse, answer: HttpAnswer): void {
  const variants = RETRY_ANSWERS[answer.encoding]![answer.verdict - RETRY_FROM]!
  const variant = variants[Math.floor(Math.random() * variants.length)]!
  res.writeStatus('503 Service Unavailable').writeHeader('Retry-After', variant.delaySeconds)
  finish(res, answer, variant.body)
}

function finish(res: HttpResponse, { encoding, goodbye }: HttpAnswer, body: Buffer): void {
  res.writeHeader('Content-Type', MEDIA_TYPES[encoding])
  if (goodbye === GOODBYE.ASK) res.writeHeader('Connection', 'close')
  res.end(body, goodbye === GOODBYE.CLOSE)
}

/** Answers outside the Export requests: wrong path, method or media type. */
export const HTTP_FAULT = { NOT_FOUND: 0, METHOD: 1, MEDIA_TYPE: 2, CODING: 3 } as const
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
    header: ['Allow', 'POST'],
  },
  {
    status: '415 Unsupported Media Type',
    code: STATUS_CODE.INVALID_ARGUMENT,
    text: 'Content-Type must be application/x-protobuf or application/json.',
  },
  {
    status: '415 Unsupported Media Type',
    code: STATUS_CODE.UNIMPLEMENTED,
    text: 'Content-Encoding must be gzip, deflate or identity.',
    header: ['Accept-Encoding', 'gzip'],
  },
]

/** @param hint what the client may do instead, where that depends on the configuration */
export function writeFault(res: HttpResponse, fault: HttpFault, encoding: Encoding, hint = ''): void {
  const { status, code, text, header } = HTTP_FAULT_FACTS[fault]!
  res.writeStatus(status)
  if (header) res.writeHeader(header[0], header[1])
  res.writeHeader('Content-Type', MEDIA_TYPES[encoding]).end(plainStatus(encoding, code, text + hint))
}
