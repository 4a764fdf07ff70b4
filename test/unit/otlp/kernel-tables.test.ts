import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ACTION, installKernelTables, KERNEL_TABLES_BYTES } from '../../../src/otlp/kernel-tables.ts'

const source = (name: string): string =>
  readFileSync(new URL(`../../../src/otlp/kernel/${name}.ts`, import.meta.url), 'utf8')

describe('kernel tables', () => {
  it('number actions as the kernel does', () => {
    const inKernel = [...source('tables').matchAll(/export const ACT_(\w+): u32 = (\d+)/g)]
    expect(Object.fromEntries(inKernel.map(([, name, number]) => [name, Number(number)]))).toEqual(ACTION)
  })

  it('stay within their space', () => {
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true })
    const bytes = new Uint8Array(memory.buffer).fill(0x55)
    installKernelTables(memory, 65536)
    expect(bytes.subarray(0, 65536).every((byte) => byte === 0x55)).toBe(true)
    expect(bytes.subarray(65536 + KERNEL_TABLES_BYTES).every((byte) => byte === 0x55)).toBe(true)
  })

  it('refuse a place that is not aligned', () => {
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true })
    expect(() => installKernelTables(memory, 65537)).toThrow('not a multiple of 16')
  })

  it('are small enough to stay in the second-level cache', () => {
    expect(KERNEL_TABLES_BYTES).toBeLessThan(96 * 1024)
  })
})
