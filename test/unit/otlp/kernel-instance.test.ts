import { describe, expect, it } from 'vitest'
import {
  installKernelTables,
  instantiateKernel,
  KERNEL_ERROR,
  KERNEL_TABLES_BYTES,
  kernelErrorText,
} from '../../../src/otlp/kernel-instance.ts'

const TABLES_OFFSET = 65536

function createMemory(): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true })
  installKernelTables(memory, TABLES_OFFSET)
  return memory
}

describe('kernel instance', () => {
  it('keeps to its constants, its tables and the output', () => {
    const memory = createMemory()
    const bytes = new Uint8Array(memory.buffer)
    bytes.fill(0x77, 0, 1024)
    bytes.fill(0x77, TABLES_OFFSET + KERNEL_TABLES_BYTES)
    const tables = bytes.slice(TABLES_OFFSET, TABLES_OFFSET + KERNEL_TABLES_BYTES)
    const kernel = instantiateKernel(memory, TABLES_OFFSET)
    const input = 300_000
    bytes.set([0x0a, 2, 0x12, 0], input)
    expect(kernel.scan(0, input, 4, 0, 0)).toBe(0)
    expect(kernel.transcode(0, input, 4, 400_000, 1000)).toBe('{"resourceSpans":[{"scopeSpans":[{}]}]}'.length)
    expect(bytes.slice(TABLES_OFFSET, TABLES_OFFSET + KERNEL_TABLES_BYTES)).toEqual(tables)
    const outside = [...bytes.keys()].filter((index) => bytes[index] !== 0x77)
    const isAllowed = (index: number): boolean =>
      (index >= 1024 && index < TABLES_OFFSET + KERNEL_TABLES_BYTES) ||
      (index >= input && index < input + 4) ||
      (index >= 400_000 && index < 401_000)
    expect(outside.every(isAllowed)).toBe(true)
  })

  it('works beside other instances on the same memory', () => {
    const memory = createMemory()
    const [first, second] = [instantiateKernel(memory, TABLES_OFFSET), instantiateKernel(memory, TABLES_OFFSET)]
    new Uint8Array(memory.buffer).set([0x0a, 0], 300_000)
    expect(first.scan(0, 300_000, 2, 0, 0)).toBe(0)
    expect(second.transcode(2, 300_000, 2, 301_000, 1000)).toBe('{"resourceLogs":[{}]}'.length)
  })

  it('reads a payload that ends with the memory', () => {
    const memory = createMemory()
    const bytes = new Uint8Array(memory.buffer)
    const kernel = instantiateKernel(memory, TABLES_OFFSET)
    // schemaUrl of a resource, of every length a block load might overrun
    for (let length = 0; length < 40; length++) {
      const payload = [0x0a, length + 2, 0x1a, length, ...Array<number>(length).fill(0x61)]
      const offset = bytes.length - payload.length
      bytes.set(payload, offset)
      expect(kernel.scan(0, offset, payload.length, 0, 0)).toBe(0)
      const written = kernel.transcode(0, offset, payload.length, 300_000, 1000)
      const json = Buffer.from(bytes.slice(300_000, 300_000 + written)).toString()
      expect(json).toBe(`{"resourceSpans":[{"schemaUrl":"${'a'.repeat(length)}"}]}`)
    }
  })

  it('reads an attribute, or text behind a message in pieces, that ends with the memory', () => {
    const memory = createMemory()
    const bytes = new Uint8Array(memory.buffer)
    const kernel = instantiateKernel(memory, TABLES_OFFSET)
    const attribute = [0x0a, 13, 0x0a, 11, 0x0a, 9, 0x0a, 1, 0x6b, 0x12, 4, 0x0a, 2, 0x76, 0x77]
    // ResourceSpans: resource in two pieces, then schemaUrl
    const pieces = [0x0a, 12, 0x0a, 2, 0x10, 1, 0x0a, 2, 0x10, 2, 0x1a, 2, 0x75, 0x76]
    for (const payload of [attribute, pieces]) {
      const offset = bytes.length - payload.length
      bytes.set(payload, offset)
      expect(kernel.scan(0, offset, payload.length, 0, 0)).toBe(0)
      expect(kernel.transcode(0, offset, payload.length, 300_000, 1000)).toBeGreaterThan(50)
    }
  })

  it('never shows bytes beyond the payload', () => {
    const memory = createMemory()
    const bytes = new Uint8Array(memory.buffer)
    const kernel = instantiateKernel(memory, TABLES_OFFSET)
    bytes.fill(0x7a, 300_000, 310_000)
    bytes.set([0x0a, 4, 0x1a, 2, 0x61, 0x62], 300_000)
    const written = kernel.transcode(0, 300_000, 6, 320_000, 1000)
    expect(Buffer.from(bytes.slice(320_000, 320_000 + written)).toString()).not.toContain('z')
  })

  it('asserts that its callers stay inside the memory, and apart', () => {
    const memory = createMemory()
    const kernel = instantiateKernel(memory, TABLES_OFFSET)
    const end = memory.buffer.byteLength
    expect(() => kernel.scan(4, 300_000, 2, 0, 0)).toThrow('no such signal')
    expect(() => kernel.scan(0, end - 1, 2, 0, 0)).toThrow('payload outside the memory')
    expect(() => kernel.scan(0, 0, 2, 0, 0)).toThrow('payload outside the memory')
    expect(() => kernel.scan(0, 300_000, 2, end - 20, 2)).toThrow('boundaries outside')
    expect(() => kernel.transcode(0, 300_000, 2, end - 10, 20)).toThrow('output outside the memory')
    expect(() => kernel.transcode(0, 300_000, 200, 300_100, 200)).toThrow('output overlaps payload')
  })

  it('explains every error to the sender', () => {
    for (const code of Object.values(KERNEL_ERROR)) expect(kernelErrorText(code)).not.toContain('unknown')
    expect(kernelErrorText(KERNEL_ERROR.BAD_UTF8)).toBe(
      'not a valid OTLP protobuf message: a string is not valid UTF-8',
    )
    expect(kernelErrorText(-99)).toContain('unknown kernel error -99')
  })
})
