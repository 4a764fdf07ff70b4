/** A file of at most 300 lines, a function of at most 70: what is longer has two jobs. */
import ts from 'typescript'
import type { Finding } from './finding.ts'
import { nodesOf, type SourceFile } from './source-file.ts'

export const FILE_LINES_MAX = 300
export const FUNCTION_LINES_MAX = 70

const FOLDERS = ['src', 'bench', 'test', 'scripts'] as const

export function checkCeilings(files: readonly SourceFile[]): Finding[] {
  return files
    .filter((file) => file.isTypeScript && file.isUnder(...FOLDERS))
    .flatMap((file) => [...longFile(file), ...longFunctions(file)])
}

function longFile({ path, text }: SourceFile): Finding[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  if (lines <= FILE_LINES_MAX) return []
  return [{ path, rule: 'ceilings', text: `${lines} lines, at most ${FILE_LINES_MAX}; split it by role` }]
}

function longFunctions(file: SourceFile): Finding[] {
  const findings: Finding[] = []
  for (const node of nodesOf(file.tree)) {
    if (!ts.isFunctionLike(node) || isSuite(node)) continue
    const lines = file.tree.getLineAndCharacterOfPosition(node.end).line + 2 - file.lineOf(node)
    if (lines <= FUNCTION_LINES_MAX) continue
    const name = node.name?.getText(file.tree) ?? 'function'
    const text = `${name} has ${lines} lines, at most ${FUNCTION_LINES_MAX}`
    findings.push({ path: file.path, line: file.lineOf(node), rule: 'ceilings', text })
  }
  return findings
}

/** The callback of `describe(...)` only groups tests; the tests in it are measured one by one. */
function isSuite(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText())
}
