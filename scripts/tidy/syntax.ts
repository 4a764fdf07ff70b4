/** No `enum` (it is not erasable), no `any` (it switches the checker off), no default export (its name is lost). */
import ts from 'typescript'
import type { Finding } from './finding.ts'
import { nodesOf, type SourceFile } from './source-file.ts'

const FOLDERS = ['src', 'bench', 'test', 'scripts'] as const

export function checkSyntax(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = []
  for (const file of files.filter((candidate) => candidate.isTypeScript && candidate.isUnder(...FOLDERS))) {
    for (const node of nodesOf(file.tree)) {
      const text = breach(node)
      if (text !== undefined) findings.push({ path: file.path, line: file.lineOf(node), rule: 'syntax', text })
    }
  }
  return findings
}

function breach(node: ts.Node): string | undefined {
  if (ts.isEnumDeclaration(node)) return 'no enum: write `const X = {...} as const` and a type of its values'
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'no any: write unknown and narrow it'
  if (ts.isExportAssignment(node)) return 'no default export: export by name'
  if (isDefaultDeclaration(node)) return 'no default export: export by name'
  return undefined
}

function isDefaultDeclaration(node: ts.Node): boolean {
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
  )
}
