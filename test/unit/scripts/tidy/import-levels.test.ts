import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkImportLevels } from '../../../../scripts/tidy/import-levels.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-levels-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const STAGES = ['ingest', 'workers', 'produce', 'observe', 'admin'] as const
const FILES = ['base', 'otlp', 'shared-memory', 'config', ...STAGES, 'cli'].map((folder) => `${folder}/a.ts`)
const ALL = [...FILES, 'engine.ts', 'index.ts']

/** Every file imports the ones given; what comes back are the pairs that break a law. */
async function breaches(imports: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  for (const file of ALL) {
    const path = join(root, 'src', file)
    const up = file.includes('/') ? '../' : './'
    const lines = (imports[file] ?? []).map((to) => `import type { A } from '${up}${to}'\n`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${lines.join('')}export interface A { a: number }\n`)
  }
  const findings = await checkImportLevels(root, process.cwd())
  return findings.map(({ path, rule }) => `${path} ${rule}`).sort()
}

const LEVEL_OF: Readonly<Record<string, number>> = Object.fromEntries(
  ALL.map((file) => {
    const name = file.replace(/[/.].*$/, '')
    const level = [['base'], ['otlp', 'shared-memory'], ['config'], [...STAGES], ['engine'], ['cli', 'index']]
    return [file, level.findIndex((names) => names.includes(name))]
  }),
)

function lower(file: string): string[] {
  const below = ALL.filter((to) => LEVEL_OF[to] < LEVEL_OF[file])
  return LEVEL_OF[file] < 5 ? below : ['base/a.ts', 'config/a.ts', 'engine.ts']
}

test('every folder may import what is below it', async () => {
  const imports = Object.fromEntries(ALL.map((file) => [file, lower(file)]))
  expect(await breaches({ ...imports, 'cli/a.ts': [...lower('cli/a.ts'), 'index.ts'] })).toEqual([])
})

test('no folder imports what is above or beside it, types included', async () => {
  for (const file of ALL) {
    const forbidden = ALL.filter(
      (to) => to !== file && !lower(file).includes(to) && !(file === 'cli/a.ts' && to === 'index.ts'),
    )
    const found = await breaches({ [file]: forbidden })
    expect(found, file).toHaveLength(forbidden.length)
    expect(new Set(found.map((line) => line.split(' ')[0])), file).toEqual(new Set([`src/${file}`]))
  }
})

test('a cycle inside a folder is found, also when only types go round', async () => {
  mkdirSync(join(root, 'src/base'), { recursive: true })
  writeFileSync(join(root, 'src/base/b.ts'), "import type { C } from './c.ts'\nexport type B = C")
  writeFileSync(join(root, 'src/base/c.ts'), "import type { B } from './b.ts'\nexport type C = B[]")
  expect([...new Set((await breaches({})).map((line) => line.split(' ')[1]))]).toEqual(['no-cycle'])
})

test('product code imports neither tests nor scripts, and nothing that is not there', async () => {
  mkdirSync(join(root, 'scripts'))
  writeFileSync(join(root, 'scripts/a.ts'), 'export interface A { a: number }')
  expect(await breaches({ 'base/a.ts': ['../scripts/a.ts', 'base/absent.ts'] })).toEqual([
    'src/base/a.ts product-alone',
    'src/base/a.ts resolvable',
  ])
})
