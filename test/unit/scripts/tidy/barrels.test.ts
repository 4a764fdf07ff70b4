import { expect, test } from 'vitest'
import { checkBarrels } from '../../../../scripts/tidy/barrels.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

function isBarrel(path: string, text: string): boolean {
  return checkBarrels([new SourceFile(path, text)]).length > 0
}

test('a file that only passes on, or passes on everything, is a barrel', () => {
  expect(isBarrel('src/a/index.ts', "export { a } from './a.ts'\nexport type { B } from './b.ts'")).toBe(true)
  expect(isBarrel('src/a/b.ts', "export * from './a.ts'\nexport const own = 1")).toBe(true)
})

test('passing on a name beside own code is no barrel, nor is the face of the library', () => {
  expect(isBarrel('src/a/b.ts', "export type { B } from './b.ts'\nexport const own = 1")).toBe(false)
  expect(isBarrel('src/index.ts', "export { a } from './a.ts'")).toBe(false)
  expect(isBarrel('src/a/empty.ts', '')).toBe(false)
  expect(isBarrel('src/ingest/grpc.ts', "export { status } from '@grpc/grpc-js'")).toBe(false)
})
