/** A kernel on a memory of its own, with guard bytes around payload and output that must never change. */
import type { Kernel } from '../../src/otlp/kernel-instance.ts'
import {
  installKernelTables,
  instantiateKernel,
  KERNEL_ERROR,
  KERNEL_TABLES_BYTES,
} from '../../src/otlp/kernel-instance.ts'
import { CHECK, readSiftReport, SIFT_REPORT_BYTES, type SiftReport } from '../../src/otlp/sift-report.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'

const TABLES_OFFSET = 65536
const GUARD_BYTES = 2048
const GUARD = 0xa5
const UNTOUCHED = Buffer.alloc(GUARD_BYTES, GUARD)

export interface ScanResult {
  readonly code: number
  readonly boundaries: readonly Boundary[]
}

export interface SiftResult {
  /** that stay, or a negative code */
  readonly items: number
  readonly report: SiftReport
  /** the request without the others */
  readonly rest: Uint8Array
}

export interface Boundary {
  readonly level: number
  readonly offset: number
  readonly bytes: number
  readonly items: number
}

export class KernelBed {
  readonly kernel: Kernel
  readonly bytes: Uint8Array
  readonly #view: DataView
  readonly #inputOffset: number
  readonly #outputOffset: number
  readonly outputBytesMax: number

  constructor(inputBytesMax = 1 << 20, outputBytesMax = 16 << 20) {
    this.#inputOffset = TABLES_OFFSET + KERNEL_TABLES_BYTES + 1024
    this.#outputOffset = this.#inputOffset + inputBytesMax + 2 * GUARD_BYTES
    this.outputBytesMax = outputBytesMax
    const pages = Math.ceil((this.#outputOffset + outputBytesMax + GUARD_BYTES) / 65536)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    installKernelTables(memory, TABLES_OFFSET)
    this.kernel = instantiateKernel(memory, TABLES_OFFSET)
    this.bytes = new Uint8Array(memory.buffer)
    this.#view = new DataView(memory.buffer)
  }

  scan(signal: Signal, payload: Uint8Array, boundariesMax = 0): ScanResult {
    const offset = this.#place(payload)
    const at = boundariesMax === 0 ? 0 : this.#outputOffset
    const code = this.kernel.scan(SIGNALS.indexOf(signal), offset, payload.length, at, boundariesMax)
    const count = at === 0 ? 0 : this.#view.getUint32(at, true)
    return { code, boundaries: Array.from({ length: Math.min(count, boundariesMax) }, (_, i) => this.#boundary(at, i)) }
  }

  /** what any decoder of protobuf would say: ids of a wrong length and indexes into no dictionary are none of its business */
  decode(signal: Signal, payload: Uint8Array): number {
    const { code } = this.scan(signal, payload)
    if (code !== KERNEL_ERROR.BAD_ID && code !== KERNEL_ERROR.STRINDEX) return code
    const { items, report } = this.sift(signal, payload, CHECK.UTF8)
    return report.firstReason === 0 ? items : items < 0 ? items : KERNEL_ERROR.BAD_UTF8
  }

  /** sifted as the engine does it, dry first; throws when a guard byte has changed, or the two runs differ */
  sift(signal: Signal, payload: Uint8Array, checks: number, itemBytesMax = 0x7fffffff): SiftResult {
    const offset = this.#place(payload)
    const at = this.#outputOffset
    this.bytes.fill(GUARD, at - GUARD_BYTES, at + SIFT_REPORT_BYTES + GUARD_BYTES)
    const run = (isDry: boolean): number =>
      this.kernel.sift(SIGNALS.indexOf(signal), offset, payload.length, checks, itemBytesMax, at, isDry)
    const items = run(true)
    const report = readSiftReport(this.bytes.buffer, at)
    if (Buffer.compare(this.bytes.subarray(offset, offset + payload.length), payload) !== 0) {
      throw new Error('a dry run changed the payload')
    }
    if (items >= 0 && run(false) !== items) throw new Error('the dry run found other items')
    if (items >= 0 && readSiftReport(this.bytes.buffer, at).bytesLeft !== report.bytesLeft) {
      throw new Error('the dry run found other bytes')
    }
    for (const guard of [offset - GUARD_BYTES, offset + payload.length, at - GUARD_BYTES, at + SIFT_REPORT_BYTES]) {
      this.#checkGuard(guard)
    }
    return { items, report, rest: this.bytes.slice(offset, offset + (items < 0 ? 0 : report.bytesLeft)) }
  }

  /** text that is mended in a space of so many bytes, or the code; throws when a guard byte has changed */
  mend(text: Uint8Array, bytesMax: number): Buffer | number {
    const offset = this.#outputOffset
    const end = offset + bytesMax
    this.bytes.fill(GUARD, offset - GUARD_BYTES, end + GUARD_BYTES)
    this.bytes.set(text, offset)
    const code = this.kernel.mend(offset, text.length, bytesMax)
    this.#checkGuard(offset - GUARD_BYTES)
    this.#checkGuard(end)
    return code < 0 ? code : Buffer.from(this.bytes.slice(offset, offset + code))
  }

  /** the code, and the text when it is not negative; throws when a guard byte has changed */
  transcode(signal: Signal, payload: Uint8Array, outputBytesMax = this.outputBytesMax): { code: number; json: string } {
    const code = this.#guarded(payload, outputBytesMax, (offset, out) =>
      this.kernel.transcode(SIGNALS.indexOf(signal), offset, payload.length, out, outputBytesMax),
    )
    return { code, json: this.#output(code).toString() }
  }

  /** the code, and the request when it is not negative; throws when a guard byte or the text has changed */
  fromJson(
    signal: Signal,
    text: Uint8Array,
    { outputBytesMax = this.outputBytesMax, flags = 0 } = {},
  ): { code: number; request: Buffer } {
    const code = this.#guarded(text, outputBytesMax, (offset, out) =>
      this.kernel.fromJson(SIGNALS.indexOf(signal), offset, text.length, out, outputBytesMax, flags),
    )
    return { code, request: this.#output(code) }
  }

  /** runs with guard bytes around input and output */
  #guarded(payload: Uint8Array, outputBytesMax: number, run: (offset: number, out: number) => number): number {
    const offset = this.#place(payload)
    const out = this.#outputOffset
    const outEnd = out + outputBytesMax
    this.bytes.fill(GUARD, out - GUARD_BYTES, out)
    this.bytes.fill(GUARD, outEnd, outEnd + GUARD_BYTES)
    const code = run(offset, out)
    this.#checkGuard(out - GUARD_BYTES)
    this.#checkGuard(outEnd)
    this.#checkGuard(offset - GUARD_BYTES)
    this.#checkGuard(offset + payload.length)
    if (Buffer.compare(this.bytes.subarray(offset, offset + payload.length), payload) !== 0) {
      throw new Error('the kernel changed the payload')
    }
    return code
  }

  #output(code: number): Buffer {
    return Buffer.from(this.bytes.slice(this.#outputOffset, this.#outputOffset + Math.max(code, 0)))
  }

  #place(payload: Uint8Array): number {
    const offset = this.#inputOffset + GUARD_BYTES
    this.bytes.fill(GUARD, offset - GUARD_BYTES, offset)
    this.bytes.set(payload, offset)
    this.bytes.fill(GUARD, offset + payload.length, offset + payload.length + GUARD_BYTES)
    return offset
  }

  #checkGuard(from: number): void {
    if (Buffer.compare(this.bytes.subarray(from, from + GUARD_BYTES), UNTOUCHED) !== 0) {
      throw new Error('the kernel wrote outside its output: a guard byte has changed')
    }
  }

  #boundary(at: number, index: number): Boundary {
    const [level, offset, bytes, items] = [0, 4, 8, 12].map((part) =>
      this.#view.getUint32(at + 4 + index * 16 + part, true),
    )
    return { level: level!, offset: offset!, bytes: bytes!, items: items! }
  }
}
