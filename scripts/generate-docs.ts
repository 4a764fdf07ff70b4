/** Writes every document that is made from the code: `scripts/with-node.sh scripts/generate-docs.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { GENERATED_DOCS } from './generated-docs.ts'

for (const { path, make } of GENERATED_DOCS) {
  const url = new URL(`../${path}`, import.meta.url)
  mkdirSync(dirname(url.pathname), { recursive: true })
  writeFileSync(url, make())
  process.stdout.write(`wrote ${path}\n`)
}
