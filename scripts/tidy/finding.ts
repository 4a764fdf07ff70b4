/** One breach of a law: where, which law, and what to do about it. */
export interface Finding {
  /** From the root of the repository. */
  readonly path: string
  /** From 1; absent where the whole file is meant. */
  readonly line?: number
  readonly rule: string
  readonly text: string
}

export function formatFinding({ path, line, rule, text }: Finding): string {
  return `${path}${line === undefined ? '' : `:${line}`}  ${rule}: ${text}`
}
