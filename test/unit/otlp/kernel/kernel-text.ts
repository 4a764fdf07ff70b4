/** Short ways to write a payload by hand and to read what the kernel makes of it. */
import { expect } from 'vitest'
import type { Signal } from '../../../../src/otlp/signal.ts'
import { KernelBed } from '../../../generator/kernel-bed.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'

export const bed = new KernelBed(1 << 20, 4 << 20)

export function json(signal: Signal, payload: Uint8Array): string {
  const { code, json } = bed.transcode(signal, payload)
  expect(code).toBeGreaterThan(0)
  return json
}

/** field number of `inner` in each message around it, from the request down */
export function wrapped(inner: Uint8Array, ...fieldNumbers: number[]): Uint8Array {
  let payload = inner
  for (const number of fieldNumbers.reverse()) payload = new WireWriter().tag(number, 2).sized(payload).finish()
  return payload
}

export const SPAN = [1, 2, 2]
export const span = (write: (writer: WireWriter) => WireWriter): string => {
  const text = json('traces', wrapped(write(new WireWriter()).finish(), ...SPAN))
  return /^\{"resourceSpans":\[\{"scopeSpans":\[\{"spans":\[(.*)\]\}\]\}\]\}$/s.exec(text)![1]!
}
/** the value of a resource attribute of log records */
export const anyValue = (write: (writer: WireWriter) => WireWriter): string => {
  const text = json('logs', wrapped(write(new WireWriter()).finish(), 1, 1, 1, 2))
  return /"value":(.*)\}\]\}\}\]\}$/.exec(text)![1]!
}
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export function repeated(number: number, content: number[], times: number): Uint8Array {
  const writer = new WireWriter()
  for (let left = times; left > 0; left--) writer.tag(number, 2).sized(Uint8Array.from(content))
  return writer.finish()
}
