import { expect, test } from 'vitest'
import { checkMarkers } from '../../../../scripts/tidy/markers.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

test('a marker is found in every kind of text file, with its line', () => {
  for (const word of ['FIX' + 'ME', 'TO' + 'DO', 'XX' + 'X']) {
    for (const path of ['src/a.ts', 'README.md', 'scripts/a.sh']) {
      expect(checkMarkers([new SourceFile(path, `ok\n// ${word}: later`)]), word + path).toMatchObject([
        { path, line: 2 },
      ])
    }
  }
})

test('words that only contain a marker are none', () => {
  const text = `\\u${'X'.repeat(4)} numTo${'do'}Tests to${'do'}`
  expect(checkMarkers([new SourceFile('src/a.ts', text)])).toEqual([])
})
