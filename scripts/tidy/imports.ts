/** What a file names: modules it imports, and files it starts or reads by a path in a string. */
import { posix } from 'node:path'
import ts from 'typescript'
import { nodesOf, type SourceFile } from './source-file.ts'

export interface Import {
  /** As written. */
  readonly to: string
  readonly node: ts.Node
}

/** Static, type-only, re-exporting and dynamic imports, and `require`. */
export function importsOf(file: SourceFile): Import[] {
  const imports: Import[] = []
  for (const node of nodesOf(file.tree)) {
    const specifier = specifierOf(node)
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) imports.push({ to: specifier.text, node })
  }
  return imports
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal
  if (!ts.isCallExpression(node)) return undefined
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require'
  return isImport ? node.arguments[0] : undefined
}

/** Paths of the repository that strings of this file name, relative to it or to the root; a built path means its source. */
export function filesNamedBy(file: SourceFile, paths: ReadonlySet<string>): Set<string> {
  const named = new Set<string>()
  for (const candidate of candidatesOf(file)) {
    const resolved = resolvePath(file.path, candidate, paths)
    if (resolved !== undefined && resolved !== file.path) named.add(resolved)
  }
  return named
}

function candidatesOf(file: SourceFile): string[] {
  // In a shell script a path often begins with a variable: "$root/dist/src/cli/main.js".
  if (!file.isTypeScript) return file.text.replace(/\$\{?\w+\}?/g, '').match(/[\w@./-]+\.(?:ts|js|sh|cjs|mjs)\b/g) ?? []
  const texts: string[] = []
  for (const node of nodesOf(file.tree)) {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateTail(node))
      texts.push(...node.text.split(/\s+/))
  }
  return texts
}

function resolvePath(from: string, text: string, paths: ReadonlySet<string>): string | undefined {
  const bases = text.startsWith('.') ? [posix.dirname(from)] : [posix.dirname(from), '.']
  for (const base of bases) {
    const path = posix.normalize(posix.join(base, text)).replace(/^(?:\.\.\/)*\/?(?:dist\/)?/, '')
    for (const candidate of [path, path.replace(/\.js$/, '.ts'), `${path}.ts`]) {
      if (paths.has(candidate)) return candidate
    }
  }
  return isFileName(text) ? onlyPathEndingWith(text, paths) : undefined
}

/** A path put together from parts, `join(clients, 'node/send.mjs')`, names the one file it can mean. */
function onlyPathEndingWith(text: string, paths: ReadonlySet<string>): string | undefined {
  const matches = [...paths].filter((path) => path.endsWith(`/${text}`))
  return matches.length === 1 ? matches[0] : undefined
}

function isFileName(text: string): boolean {
  return /^[\w-][\w./-]*\.(?:ts|js|mjs|cjs|sh|py)$/.test(text)
}
