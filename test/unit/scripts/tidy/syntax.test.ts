import { expect, test } from 'vitest'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'
import { checkSyntax } from '../../../../scripts/tidy/syntax.ts'

function lineNumbers(text: string, path = 'src/a.ts'): (number | undefined)[] {
  return checkSyntax([new SourceFile(path, text)]).map(({ line }) => line)
}

test('enum, any and default exports are found with their line, each in every form', () => {
  for (const text of [
    'enum A { B }',
    'export const enum A { B }',
    'let a: any',
    'const f = (a: any[]) => a as unknown',
    'export default 1',
    'export default function f() {}',
    'export default class A {}',
    'const a = 1; export { a as default }',
    "export { default } from './b.ts'",
  ]) {
    expect(lineNumbers(`\n${text}`), text).toEqual([2])
  }
})

test('the words alone are no breach', () => {
  expect(lineNumbers("// enum any default\nconst any = 'enum any'\nswitch (any) { default: }\nexport { any }")).toEqual(
    [],
  )
  expect(lineNumbers('let a: any', 'vitest.config.ts')).toEqual([])
})
