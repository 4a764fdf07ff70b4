import { expect, test } from 'vitest'
import { checkPackages } from '../../../../scripts/tidy/packages.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

function findings(texts: Readonly<Record<string, string>>): string[] {
  const manifest = '{"dependencies":{"a":"1","@s/b":"1"},"devDependencies":{"tool":"1","@types/node":"1"}}'
  const used = "import 'a'; import '@s/b/deep'; run('node_modules/tool/cli.js')"
  const files = { 'package.json': manifest, 'test/used.ts': used, ...texts }
  return checkPackages(Object.entries(files).map(([path, text]) => new SourceFile(path, text))).map(
    ({ path, text }) => `${path}: ${text}`,
  )
}

test('what is declared and used is in order, and so are modules of Node and of ours', () => {
  expect(
    findings({
      'src/x.ts': "import 'a/b'; import 'node:fs'; import 'fs'; import './c.ts'",
      'test/x.ts': "import 'tool'",
    }),
  ).toEqual([])
})

test('product code imports only what is installed with it', () => {
  expect(findings({ 'src/x.ts': "import type { T } from 'tool'" })).toEqual(['src/x.ts: tool is not in dependencies'])
  expect(findings({ 'test/x.ts': "await import('@s/other')" })).toEqual([
    'test/x.ts: @s/other is not in dependencies or devDependencies',
  ])
})

test('a package that nothing names is found', () => {
  expect(findings({ 'test/used.ts': "import 'a'; import '@s/b'; // tool" })).toEqual([
    'package.json: nothing uses tool; remove it',
  ])
})
