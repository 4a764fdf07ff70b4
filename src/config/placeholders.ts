import { readFileSync } from 'node:fs'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Expanded {
  readonly text: string
  /** What could not be replaced, in words for the user. */
  readonly problems: readonly string[]
}

const PLACEHOLDER = /\$\{(env|file):([^}]*)\}/g

/** `${env:NAME}` and `${file:PATH}`; what is put in is not looked at again. A file's last line end is not part of it. */
export function expandPlaceholders(text: string, environment: Environment): Expanded {
  const problems: string[] = []
  const expanded = text.replace(PLACEHOLDER, (whole, kind: string, argument: string) => {
    const value = kind === 'env' ? environment[argument] : fileContent(argument)
    if (value !== undefined) return value
    problems.push(kind === 'env' ? `environment variable ${argument} is not set` : `file ${argument} cannot be read`)
    return whole
  })
  return { text: expanded, problems }
}

function fileContent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return undefined
  }
}
