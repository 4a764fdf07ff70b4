/** Documents made from the code. `scripts/generate-docs.ts` writes them, `scripts/tidy.ts` finds stale ones. */
import { optionsMarkdown } from '../src/cli/options.ts'

export interface GeneratedDoc {
  /** From the root of the repository. */
  readonly path: string
  readonly make: () => string
}

export const GENERATED_DOCS: readonly GeneratedDoc[] = [{ path: 'docs/configuration.md', make: optionsMarkdown }]
