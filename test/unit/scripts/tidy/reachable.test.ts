import { expect, test } from 'vitest'
import { checkReachable } from '../../../../scripts/tidy/reachable.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

function findings(texts: Readonly<Record<string, string>>): string[] {
  const files = Object.entries(texts).map(([path, text]) => new SourceFile(path, text))
  return checkReachable(files, { testKinds: ['unit'] }).map(({ path, text }) => `${path}: ${text}`)
}

const UNUSED = 'nothing uses this file; delete it or use it'

test('what is imported, started as a thread or named by a script is used', () => {
  expect(
    findings({
      'package.json': '{"scripts":{"check":"scripts/with-node.sh scripts/check.ts"}}',
      'bin/sluice': 'exec node "$root/dist/src/cli/main.js"',
      'scripts/with-node.sh': '',
      'scripts/check.ts': "spawn(node, ['scripts/step.ts'])",
      'scripts/step.ts': '',
      'src/cli/main.ts': "import type { A } from '../a.ts'\nnew Worker(new URL('./thread.ts', import.meta.url))",
      'src/cli/thread.ts': "await import('../lazy.ts'); siblingUrl(import.meta.url, 'sibling')",
      'src/cli/sibling.ts': '',
      'src/a.ts': "export { b } from './b.ts'",
      'src/b.ts': '',
      'src/lazy.ts': '',
      'src/types.d.ts': '',
    }),
  ).toEqual([])
})

test('a file that nothing uses is found, and so is one that only unused files use', () => {
  const texts = { 'src/index.ts': '', 'src/a.ts': "import './b.ts'", 'src/b.ts': '', 'scripts/c.sh': '' }
  expect(findings(texts)).toEqual([`src/a.ts: ${UNUSED}`, `src/b.ts: ${UNUSED}`, `scripts/c.sh: ${UNUSED}`])
})

test('a path put together from parts names the one file that ends so, and none when several do', () => {
  const texts = { 'test/unit/a.test.ts': "join(here, 'clients', 'send.ts')", 'test/bed/clients/send.ts': '' }
  expect(findings(texts)).toEqual([])
  expect(findings({ ...texts, 'test/bed/other/send.ts': '' })).toHaveLength(2)
})

test('a comment that mentions a file does not use it', () => {
  expect(findings({ 'src/index.ts': '// see ./a.ts', 'src/a.ts': '' })).toEqual([`src/a.ts: ${UNUSED}`])
})

test('product code that only a test uses is dead; a helper of tests is not', () => {
  const texts = {
    'test/unit/a.test.ts': "import '../../src/a.ts'\nimport '../bed/helper.ts'",
    'test/bed/helper.ts': '',
    'test/bed/alone.ts': '',
    'src/a.ts': '',
  }
  expect(findings(texts)).toEqual([`test/bed/alone.ts: ${UNUSED}`, `src/a.ts: ${UNUSED}`])
})

test('a test outside the kinds that run is found', () => {
  const text = 'no script runs this test: put it under test/KIND of vitest.config.ts'
  expect(findings({ 'test/soak/a.test.ts': '', 'test/unit/b.test.ts': '', 'src/c.test.ts': '' })).toEqual([
    `test/soak/a.test.ts: ${text}`,
    `src/c.test.ts: ${text}`,
  ])
})

test('a bench that no test runs is found', () => {
  const texts = {
    'package.json': '{"scripts":{"bench":"bench/run.ts"}}',
    'bench/run.ts': "import './queue.ts'\nimport './kernel.ts'",
    'bench/queue.ts': '',
    'bench/kernel.ts': '',
    'test/unit/bench/smoke.test.ts': "import '../../../bench/queue.ts'",
  }
  const text = 'no test runs this bench in smoke size'
  expect(findings(texts)).toEqual([`bench/run.ts: ${text}`, `bench/kernel.ts: ${text}`])
})
