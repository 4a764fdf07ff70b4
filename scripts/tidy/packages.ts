/** What src imports is installed with the package; what is declared is used. */
import { builtinModules } from 'node:module'
import type { Finding } from './finding.ts'
import { importsOf } from './imports.ts'
import type { SourceFile } from './source-file.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const MANIFEST = 'package.json'

export function checkPackages(files: readonly SourceFile[]): Finding[] {
  const manifest = files.find(({ path }) => path === MANIFEST)
  if (manifest === undefined) return []
  const { dependencies = {}, devDependencies = {} }: Manifest = JSON.parse(manifest.text)
  const product = new Set(Object.keys(dependencies))
  const all = new Set([...product, ...Object.keys(devDependencies)])
  return [
    ...files.filter(isProgram).flatMap((file) => undeclared(file, file.isUnder('src') ? product : all)),
    ...[...all].filter((name) => !isNamed(name, files)).map(unused),
  ]
}

function isProgram(file: SourceFile): boolean {
  return file.isTypeScript && !file.isUnder('src/otlp/kernel')
}

function undeclared(file: SourceFile, declared: ReadonlySet<string>): Finding[] {
  return importsOf(file).flatMap(({ to, node }) => {
    const name = packageName(to)
    if (name === undefined || declared.has(name)) return []
    const text = `${name} is not in ${file.isUnder('src') ? 'dependencies' : 'dependencies or devDependencies'}`
    return [{ path: file.path, line: file.lineOf(node), rule: 'packages', text }]
  })
}

function packageName(specifier: string): string | undefined {
  if (/^(?:\.|\/|node:|#)/.test(specifier) || builtinModules.includes(specifier)) return undefined
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0]
}

/** By an import, or by its path: tools are started as node_modules/NAME/... Types of a platform are named by nobody. */
function isNamed(name: string, files: readonly SourceFile[]): boolean {
  if (name.startsWith('@types/')) return true
  return files.some((file) => {
    if (!/\.(?:ts|sh|cjs)$/.test(file.path)) return false
    return ["'", '"', '/'].some((before) => ["'", '"', '/'].some((after) => file.text.includes(before + name + after)))
  })
}

function unused(name: string): Finding {
  return { path: MANIFEST, rule: 'packages', text: `nothing uses ${name}; remove it` }
}
