/** A barrel hides where things are and loads what nobody asked for. The one that is the library's face is allowed. */
import ts from 'typescript'
import type { Finding } from './finding.ts'
import type { SourceFile } from './source-file.ts'

const LIBRARY_ENTRY = 'src/index.ts'
/** Its re-exports are the export list of the WebAssembly module. */
const KERNEL_ENTRY = 'src/otlp/kernel/index.ts'

export function checkBarrels(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(
      (file) =>
        file.isTypeScript &&
        file.isUnder('src', 'bench', 'scripts', 'test') &&
        ![LIBRARY_ENTRY, KERNEL_ENTRY].includes(file.path),
    )
    .filter(isBarrel)
    .map(({ path }) => ({
      path,
      rule: 'barrels',
      text: `no barrel but ${LIBRARY_ENTRY}: import from where it is written`,
    }))
}

function isBarrel(file: SourceFile): boolean {
  const statements = file.tree.statements
  const reExports = statements.filter(passesOn)
  const isStar = reExports.some((statement) => statement.exportClause === undefined)
  return isStar || (statements.length > 0 && reExports.length === statements.length)
}

/** What is ours: the one file that names a foreign package may pass on what the others need of it. */
function passesOn(statement: ts.Statement): statement is ts.ExportDeclaration {
  const specifier = ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined
  return specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text.startsWith('.')
}
