/**
 * No file that nothing uses, no test that no script runs, no bench without a smoke run.
 * A file uses what it imports and what it names in a string: worker threads and child processes are started by path.
 */
import type { Finding } from './finding.ts'
import { filesNamedBy } from './imports.ts'
import type { SourceFile } from './source-file.ts'

const FOLDERS = ['src', 'bench', 'scripts', 'test'] as const
/** What people and machines start by hand; everything else must be named by one of these, directly or not. */
const STARTED = /^(?:package\.json|\.ci\/.*|bin\/.*|deploy\/.*|[^/]+\.(?:ts|cjs|js)|CONTRIBUTING\.md|src\/index\.ts)$/
const TEST = /^test\/([^/]+)\/.*\.test\.ts$/

export interface ReachableOptions {
  /** Kinds of tests that `npm test` runs: folders under test/. */
  readonly testKinds: readonly string[]
}

export function checkReachable(files: readonly SourceFile[], { testKinds }: ReachableOptions): Finding[] {
  const edges = edgesOf(files)
  const tests = files.map(({ path }) => path).filter((path) => testKinds.includes(TEST.exec(path)?.[1] ?? ''))
  const started = files.map(({ path }) => path).filter((path) => STARTED.test(path))
  const used = closure(started, edges)
  const tested = closure(tests, edges)
  const program = files.filter((file) => isProgram(file) && file.isUnder(...FOLDERS)).map(({ path }) => path)
  return [
    ...program.filter((path) => path.endsWith('.test.ts') && !tests.includes(path)).map(unrunTest),
    ...program
      .filter((path) => path.startsWith('bench/') && used.has(path) && !tested.has(path))
      .map(benchWithoutSmoke),
    ...program.filter((path) => isUnused(path, used, tested)).map(orphan),
  ]
}

/** A test and its helpers are used by being run; product code that only a test uses is dead. */
function isUnused(path: string, used: ReadonlySet<string>, tested: ReadonlySet<string>): boolean {
  if (path.endsWith('.test.ts') || used.has(path)) return false
  return path.startsWith('src/') || path.startsWith('bench/') || !tested.has(path)
}

/** Declarations are used by the compiler alone. */
function isProgram({ path }: SourceFile): boolean {
  return /\.(?:ts|sh|cjs|mjs|js)$/.test(path) && !path.endsWith('.d.ts')
}

function edgesOf(files: readonly SourceFile[]): Map<string, Set<string>> {
  const paths = new Set(files.map(({ path }) => path))
  return new Map(
    files
      .filter((file) => isProgram(file) || STARTED.test(file.path))
      .map((file) => [file.path, filesNamedBy(file, paths)]),
  )
}

function closure(from: readonly string[], edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set(from)
  for (const path of reached) for (const next of edges.get(path) ?? []) reached.add(next)
  return reached
}

function unrunTest(path: string): Finding {
  return { path, rule: 'reachable', text: 'no script runs this test: put it under test/KIND of vitest.config.ts' }
}

function benchWithoutSmoke(path: string): Finding {
  return { path, rule: 'reachable', text: 'no test runs this bench in smoke size' }
}

function orphan(path: string): Finding {
  return { path, rule: 'reachable', text: 'nothing uses this file; delete it or use it' }
}
