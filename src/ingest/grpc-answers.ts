/** Every gRPC answer, by verdict; what does not depend on the request is encoded once, at load. */

import { kernelErrorText } from '../otlp/kernel-instance.ts'
import { badRequestStatus, ENCODING, partialSuccess, retryStatus } from '../otlp/responses.ts'
import { Metadata, type StatusObject, status } from './grpc-js.ts'
import { RETRY_FACTS, RETRY_FROM, type RetryFacts, recordFaultText, VERDICT } from './verdict.ts'

const DETAILS_KEY = 'grpc-status-details-bin'
const EMPTY_RESPONSE = Buffer.alloc(0)

function failure(code: status, details: string, statusBytes: Buffer): Partial<StatusObject> {
  const metadata = new Metadata()
  metadata.set(DETAILS_KEY, statusBytes)
  return { code, details, metadata }
}

function retryFailures(facts: RetryFacts): readonly Partial<StatusObject>[] {
  const failures: Partial<StatusObject>[] = []
  for (let delay = facts.delaySecondsMin; delay <= facts.delaySecondsMax; delay++) {
    const details = retryStatus(ENCODING.PROTOBUF, facts.message, delay)
    failures.push(failure(status.UNAVAILABLE, facts.message, details))
  }
  return failures
}

/** By verdict - RETRY_FROM: one failure per delay. grpc-js clones the metadata before it sends them. */
const RETRY_FAILURES = RETRY_FACTS.map(retryFailures)

/** @returns undefined when the call succeeds with responseBytes() */
export function failureOf(verdict: number): Partial<StatusObject> | undefined {
  if (verdict >= RETRY_FROM) {
    const failures = RETRY_FAILURES[verdict - RETRY_FROM]!
    return failures[Math.floor(Math.random() * failures.length)]!
  }
  if (verdict >= 0) return undefined
  const text = kernelErrorText(verdict)
  return failure(status.INVALID_ARGUMENT, text, badRequestStatus(ENCODING.PROTOBUF, text))
}

/** The Export response of a call that succeeds. */
export function responseBytes(verdict: number, signalIndex: number, items: number): Buffer {
  if (verdict === VERDICT.ACCEPTED) return EMPTY_RESPONSE
  return partialSuccess(ENCODING.PROTOBUF, signalIndex, items, recordFaultText(verdict))
}
