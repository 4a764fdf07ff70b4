import { expect, test } from 'vitest'
import { checkFreshDocs } from '../../../../scripts/tidy/fresh-docs.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

test('a document that differs from what the code says, or is missing, is stale', () => {
  const docs = ['same', 'other', 'missing'].map((name) => ({ path: `docs/${name}.md`, make: () => 'text' }))
  const files = [new SourceFile('docs/same.md', 'text'), new SourceFile('docs/other.md', 'text ')]
  expect(checkFreshDocs(files, docs).map(({ path }) => path)).toEqual(['docs/other.md', 'docs/missing.md'])
})
