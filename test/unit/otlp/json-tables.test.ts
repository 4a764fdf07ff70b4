import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { JSON_KIND, JSON_TABLES_BYTES, jsonNameAt, writeJsonTables } from '../../../src/otlp/json-tables.ts'
import { requestMessages } from '../../../src/otlp/schema.ts'

const source = readFileSync(new URL('../../../src/otlp/kernel/json-tables.ts', import.meta.url), 'utf8')

describe('tables by name', () => {
  it('number kinds as the kernel does', () => {
    const inKernel = [...source.matchAll(/export const KIND_(\w+): u32 = (\d+)/g)]
    expect(Object.fromEntries(inKernel.map(([, name, number]) => [name, Number(number)]))).toEqual(JSON_KIND)
  })

  it('hold every field under both of its names, and stay within their space', () => {
    const view = new DataView(new ArrayBuffer(JSON_TABLES_BYTES))
    const roots = writeJsonTables(view, 4096)
    expect(roots).toHaveLength(4)
    const found = new Set<string>()
    for (let offset = 0; offset < JSON_TABLES_BYTES; offset += 16) {
      const name = jsonNameAt(offset)
      if (name !== undefined) found.add(name.text)
    }
    const fields = requestMessages().flatMap((message) => message.fields)
    expect([...found].sort()).toEqual([...new Set(fields.flatMap(({ name, protoName }) => [name, protoName]))].sort())
  })
})
