/**
 * Java's .properties: one setting a logical line, `key=value`, `key:value` or `key value`; `#` and `!` start a comment
 * line; a line that ends in an odd number of backslashes goes on in the next one; \t \n \r \f \uXXXX and \<any>.
 * Grammar: java.util.Properties.load.
 */
import type { Problem } from './config-error.ts'
import type { RawEntry } from './raw-entry.ts'

export interface ReadEntries {
  readonly entries: readonly RawEntry[]
  readonly problems: readonly Problem[]
}

export function readProperties(content: string, file: string): ReadEntries {
  const entries: RawEntry[] = []
  const problems: Problem[] = []
  for (const { text, lineNumber } of logicalLines(content)) {
    const source = `${file} line ${lineNumber}`
    if (/\\u(?![0-9A-Fa-f]{4})/.test(text.replaceAll('\\\\', ''))) {
      problems.push({ key: '', source, text: 'malformed \\uXXXX escape: it takes four hexadecimal digits' })
      continue
    }
    const { key, value } = splitLine(text)
    entries.push({ key: unescaped(key), text: unescaped(value), source })
  }
  return { entries, problems }
}

interface LogicalLine {
  readonly text: string
  readonly lineNumber: number
}

/** Joins continued lines, drops blank lines and comments. The number is that of the first natural line, from 1. */
function logicalLines(content: string): LogicalLine[] {
  const result: LogicalLine[] = []
  const lines = content.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (let index = 0; index < lines.length; index++) {
    let text = lines[index].trimStart()
    if (text === '' || text.startsWith('#') || text.startsWith('!')) continue
    const lineNumber = index + 1
    while (endsInContinuation(text)) {
      text = text.slice(0, -1)
      if (index + 1 >= lines.length) break
      index++
      text += lines[index].trimStart()
    }
    result.push({ text, lineNumber })
  }
  return result
}

function endsInContinuation(text: string): boolean {
  const backslashes = /\\*$/.exec(text)?.[0].length ?? 0
  return backslashes % 2 === 1
}

/** The key ends at the first `=`, `:` or blank that no backslash protects; one separator and the blanks around it go. */
function splitLine(text: string): { key: string; value: string } {
  const key = /^(?:\\.|[^\\=:\s])*/.exec(text)?.[0] ?? ''
  const value = text.slice(key.length).replace(/^\s*[=:]?\s*/, '')
  return { key, value }
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|(.)|$)/gs,
    (_, hex: string | undefined, character: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      return character === undefined ? '' : (ESCAPES[character] ?? character)
    },
  )
}
