/** `sluice options`: the option table for people. docs/configuration.md is its Markdown form. */
import { describeOptions } from '../config/describe.ts'
import { parseFlags } from './arguments.ts'
import { alignColumns } from './columns.ts'
import { EXIT } from './usage.ts'

/** @throws UsageError */
export function optionsCommand(argv: readonly string[]): number {
  const { markdown = false } = parseFlags(argv, { markdown: { type: 'boolean' } })
  process.stdout.write(markdown ? optionsMarkdown() : optionsText())
  return EXIT.CLEAN
}

export function optionsText(): string {
  const rows = describeOptions().map(({ key, type, defaultText, meaning }) => [key, type, defaultText, meaning])
  return `${alignColumns([['KEY', 'TYPE', 'DEFAULT', 'MEANING'], ...rows]).join('\n')}\n`
}

const HEAD = `# Configuration

Made from the option table in \`src/config\` by \`sluice options --markdown\`; do not edit.

Order: default < file (\`-c\`, later files win) < environment < \`--set key=value\`. An unknown key, a wrong type, a value out
of range or a contradiction stops the start; all problems are reported at once. \`sluice check\` prints each effective value
with where it came from.

- **Files**: Kafka Connect's connector JSON (\`{"name": ..., "config": {...}}\` or the bare map) or Java \`.properties\`. Keys of
  Connect itself (\`connector.class\`, \`tasks.max\`, converters, transforms ...) are accepted and ignored, with one log line.
- **Environment**: the key in upper case with \`.\` as \`_\`. An empty variable counts as unset. A variable that begins with
  \`OTLP_\`, \`ENGINE_\`, \`KAFKA_TOPIC_\`, \`KAFKA_RECORD_\` or \`KAFKA_BOOTSTRAP_\` and is no option is an error.
  \`KAFKA_PRODUCER_COMPRESSION_TYPE\` is \`kafka.producer.compression.type\`; the few librdkafka names that hold an underscore
  can only be set in a file or with \`--set\`.
- **Placeholders**: \`\${env:NAME}\` and \`\${file:PATH}\` in a value are replaced. Secrets are masked in every output.
- **Memory**: everything between the sockets and the producer lives in one shared WebAssembly memory, which ends at 4 GiB.
  \`sluice check\` prints the sum.

| key | environment | type | default | meaning |
|---|---|---|---|---|
`

export function optionsMarkdown(): string {
  const rows = describeOptions().map(({ key, environment, type, defaultText, meaning }) => {
    const cells = [`\`${key}\``, `\`${environment}\``, type, defaultText === '' ? '' : `\`${defaultText}\``, meaning]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  })
  return HEAD + rows.join('')
}
