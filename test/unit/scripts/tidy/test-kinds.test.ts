import { expect, test } from 'vitest'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'
import { testKinds } from '../../../../scripts/tidy/test-kinds.ts'

test('a kind is run when vitest declares it and npm test names it', () => {
  const config = new SourceFile(
    'vitest.config.ts',
    "const kinds = [{ name: 'unit' }, { name: 'soak' }]; const other = 'model'",
  )
  const script = new SourceFile('scripts/test.ts', "kind('unit', 1); kind('model', 1)")
  expect(testKinds([config, script])).toEqual(['unit'])
  expect(testKinds([config])).toEqual([])
})
