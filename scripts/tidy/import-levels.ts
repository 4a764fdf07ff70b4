/** Levels and cycles, judged by dependency-cruiser with the rules of .dependency-cruiser.cjs. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cruise, type ICruiseOptions, type IReporterOutput } from 'dependency-cruiser'
import type { Finding } from './finding.ts'

/** @param root folder that holds `src`; @param rulesRoot the repository whose rules are applied */
export async function checkImportLevels(root: string, rulesRoot: string): Promise<Finding[]> {
  const { forbidden, options }: { forbidden: never[]; options: ICruiseOptions } = createRequire(import.meta.url)(
    join(rulesRoot, '.dependency-cruiser.cjs'),
  )
  const ruleOptions: ICruiseOptions = { ...options, baseDir: root, validate: true, ruleSet: { forbidden } }
  return findingsOf(await cruise(['src'], ruleOptions, { bustTheCache: true }))
}

function findingsOf({ output }: IReporterOutput): Finding[] {
  if (typeof output === 'string') throw new Error('dependency-cruiser reported text where a result was expected')
  return output.summary.violations.map(({ from, to, rule, cycle }) => ({
    path: from,
    rule: rule.name,
    text: cycle === undefined ? `imports ${to}` : `cycle ${cycle.map(({ name }) => name).join(' > ')}`,
  }))
}
