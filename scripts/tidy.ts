/** The laws of the house. Prints every breach as `path:line  rule: text` and ends with 1 when there is one. */
import { fileURLToPath } from 'node:url'
import { GENERATED_DOCS } from './generated-docs.ts'
import { checkBarrels } from './tidy/barrels.ts'
import { checkCeilings } from './tidy/ceilings.ts'
import { type Finding, formatFinding } from './tidy/finding.ts'
import { checkFreshDocs } from './tidy/fresh-docs.ts'
import { checkHouse } from './tidy/house.ts'
import { checkImportLevels } from './tidy/import-levels.ts'
import { checkMarkers } from './tidy/markers.ts'
import { checkAtomics, checkEnvironment, checkLibrdkafkaNames, checkOneImporter } from './tidy/owners.ts'
import { checkPackages } from './tidy/packages.ts'
import { checkReachable } from './tidy/reachable.ts'
import { readRepository } from './tidy/repository.ts'
import type { SourceFile } from './tidy/source-file.ts'
import { checkSyntax } from './tidy/syntax.ts'
import { testKinds } from './tidy/test-kinds.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const RULES: readonly ((files: readonly SourceFile[]) => Finding[])[] = [
  checkCeilings,
  checkSyntax,
  checkMarkers,
  checkPackages,
  checkOneImporter,
  checkAtomics,
  checkEnvironment,
  checkLibrdkafkaNames,
  checkBarrels,
  checkHouse,
  (files) => checkReachable(files, { testKinds: testKinds(files) }),
  (files) => checkFreshDocs(files, GENERATED_DOCS),
]

const files = readRepository(root)
const findings = [...RULES.flatMap((rule) => rule(files)), ...(await checkImportLevels(root, root))]
for (const finding of findings) process.stdout.write(`${formatFinding(finding)}\n`)
process.stdout.write(`tidy: ${files.length} files, ${findings.length} findings\n`)
process.exitCode = findings.length > 0 ? 1 : 0
