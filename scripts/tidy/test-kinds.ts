/** The kinds of tests that are run, read from where they are declared: `{ name: 'unit', ... }` in vitest.config.ts. */
import ts from 'typescript'
import { nodesOf, type SourceFile } from './source-file.ts'

export function testKinds(files: readonly SourceFile[]): string[] {
  const config = files.find(({ path }) => path === 'vitest.config.ts')
  if (config === undefined) return []
  const names: string[] = []
  for (const node of nodesOf(config.tree)) {
    const isName = ts.isPropertyAssignment(node) && node.name.getText() === 'name'
    if (isName && ts.isStringLiteral(node.initializer)) names.push(node.initializer.text)
  }
  return names
}
