import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeStale } from '../../../../scripts/build/remove-stale.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-build-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), '')
  }
}

function removed(): string[] {
  return removeStale(join(folder, 'src'), join(folder, 'dist')).sort()
}

test('what was compiled from a source that is gone is removed, and nothing else', () => {
  write('src/a.ts', 'src/b/c.ts')
  const kept = [
    'dist/a.js',
    'dist/a.js.map',
    'dist/a.d.ts',
    'dist/b/c.js',
    'dist/kernel.wasm',
    'dist/kernel.wasm.stamp',
  ]
  write(...kept, 'dist/gone.js', 'dist/b/gone.js.map', 'dist/b/gone.d.ts')
  expect(removed()).toEqual(['b/gone.d.ts', 'b/gone.js.map', 'gone.js'])
  expect(kept.filter((file) => !existsSync(join(folder, file)))).toEqual([])
  expect(existsSync(join(folder, 'dist/gone.js'))).toBe(false)
  expect(removed()).toEqual([])
})

test('a folder that was never built is no fault', () => {
  expect(removed()).toEqual([])
})
