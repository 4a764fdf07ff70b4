import { expect, test } from 'vitest'
import { checkHouse } from '../../../../scripts/tidy/house.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

test('a folder that has no level may not stand in src', () => {
  const paths = ['src/engine.ts', 'src/base/a.ts', 'src/observe/x/a.ts', 'scripts/utils/a.ts', 'src/utils/a.ts']
  expect(checkHouse(paths.map((path) => new SourceFile(path, ''))).map(({ path }) => path)).toEqual(['src/utils/a.ts'])
})
