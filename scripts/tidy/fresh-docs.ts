/** A document made from the code says what the code says. */
import type { GeneratedDoc } from '../generated-docs.ts'
import type { Finding } from './finding.ts'
import type { SourceFile } from './source-file.ts'

export function checkFreshDocs(files: readonly SourceFile[], docs: readonly GeneratedDoc[]): Finding[] {
  return docs
    .filter(({ path, make }) => files.find((file) => file.path === path)?.text !== make())
    .map(({ path }) => ({
      path,
      rule: 'fresh-docs',
      text: 'is stale; run scripts/with-node.sh scripts/generate-docs.ts',
    }))
}
