/** One setting as somebody wrote it, before anybody looked at what it means. */
export interface RawEntry {
  readonly key: string
  readonly text: string
  /** Where it was written, for texts to people: `FILE line N`, `environment VAR`, `--set`, `options`. */
  readonly source: string
}

/** A setting whose placeholders are replaced. */
export interface Entry extends RawEntry {
  /** What may be shown of the value: masked where secret, the placeholder itself where one was replaced. */
  readonly shown: string
  /** Placeholders that could not be replaced, one text each; the value is then not to be judged further. */
  readonly unresolved: readonly string[]
}
