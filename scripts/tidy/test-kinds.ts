/**
 * The kinds of tests that `npm test` runs: declared as `{ name: 'unit', ... }` in vitest.config.ts and named in
 * scripts/test.ts. A kind that only one of the two knows is not run.
 */
import ts from 'typescript'
import { nodesOf, type SourceFile } from './source-file.ts'

export function testKinds(files: readonly SourceFile[]): string[] {
  const declared = stringsOf(files, 'vitest.config.ts', (node) => isNameProperty(node.parent))
  const run = stringsOf(files, 'scripts/test.ts', () => true)
  return declared.filter((kind) => run.includes(kind))
}

function isNameProperty(node: ts.Node): boolean {
  return ts.isPropertyAssignment(node) && node.name.getText() === 'name'
}

function stringsOf(files: readonly SourceFile[], path: string, matches: (node: ts.Node) => boolean): string[] {
  const file = files.find((candidate) => candidate.path === path)
  if (file === undefined) return []
  return [...nodesOf(file.tree)]
    .filter(ts.isStringLiteral)
    .filter(matches)
    .map(({ text }) => text)
}
