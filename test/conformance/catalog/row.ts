/**
 * Rows of the conformance suite, as data. A row is proved by the tests that name its id in brackets at the start of their
 * title, `it('[C13 B028] ...')`; its verdict is the conjunction of theirs. A row with neither a test nor `not` fails the run.
 */

/**
 * What the source says of the rule: M must, R recommended, S should, m may, d described by the text or agreed among the
 * parties, own = a promise of this project that no specification makes.
 */
export type Level = 'M' | 'R' | 'S' | 'm' | 'd' | 'own'

export interface Row {
  /** C: rules of OTLP and gRPC; H: condition to answer; B: bad input. */
  readonly id: string
  readonly level: Level
  /** The rule in own short words, one line. */
  readonly rule: string
  /** Why no test can prove it here; such a row has no tests. */
  readonly not?: string
  /** A known limit and what happens instead; its tests assert the documented limit. */
  readonly limit?: string
  /** What a reader should know beside the rule: a choice made, where another kind of test proves more. */
  readonly note?: string
}
