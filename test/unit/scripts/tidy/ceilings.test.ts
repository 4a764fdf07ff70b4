import { expect, test } from 'vitest'
import { checkCeilings, FILE_LINES_MAX, FUNCTION_LINES_MAX } from '../../../../scripts/tidy/ceilings.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

function findings(path: string, text: string): string[] {
  return checkCeilings([new SourceFile(path, text)]).map((finding) => `${finding.line ?? ''} ${finding.text}`)
}

function lines(count: number): string {
  return '0\n'.repeat(count)
}

test('a file may have 300 lines and not 301', () => {
  expect(findings('src/a.ts', lines(FILE_LINES_MAX))).toEqual([])
  expect(findings('src/a.ts', lines(FILE_LINES_MAX + 1))).toEqual([' 301 lines, at most 300; split it by role'])
  expect(findings('src/otlp/kernel/a.ts', lines(FILE_LINES_MAX + 1))).toHaveLength(1)
})

test('a function may have 70 lines and not 71, whatever its form', () => {
  const body = (count: number) => `{\n${lines(count - 2)}}`
  for (const head of [
    'function f() ',
    'const f = () => ',
    'const f = function () ',
    'class A { constructor() ',
    'class A { get a() ',
  ]) {
    const tail = head.startsWith('class') ? '}' : ''
    expect(findings('src/a.ts', head + body(FUNCTION_LINES_MAX) + tail), head).toEqual([])
    expect(findings('src/a.ts', `\n${head}${body(FUNCTION_LINES_MAX + 1)}${tail}`), head).toHaveLength(1)
  }
  expect(findings('src/a.ts', `\nfunction named() ${body(80)}`)).toEqual(['2 named has 80 lines, at most 70'])
})

test('a comment above a function does not count, and describe only groups', () => {
  const body = `{\n${lines(FUNCTION_LINES_MAX - 2)}}`
  expect(findings('src/a.ts', `/**\n${' * x\n'.repeat(20)} */\nfunction f() ${body}`)).toEqual([])
  expect(findings('test/a.ts', `describe('x', () => {\n${lines(100)}})`)).toEqual([])
  expect(findings('test/a.ts', `test('x', () => {\n${lines(100)}})`)).toHaveLength(1)
})

test('files outside the four folders and files that are no TypeScript are not measured', () => {
  expect(findings('docs/a.ts', lines(400))).toEqual([])
  expect(findings('scripts/a.sh', lines(400))).toEqual([])
})
