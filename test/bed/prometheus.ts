/** The Prometheus text of a running engine, read so that a test can ask for a number. */

export interface Sample {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

export class Metrics {
  readonly samples: readonly Sample[]

  constructor(text: string) {
    this.samples = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(parseSample)
  }

  has(name: string): boolean {
    return this.samples.some((sample) => sample.name === name)
  }

  /** Sum over every sample of this name whose labels include the given ones. No such sample is an error, not zero. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const found = this.samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    if (found.length === 0) throw new Error(`no metric ${name} ${JSON.stringify(labels)}`)
    return found.reduce((total, { value }) => total + value, 0)
  }
}

function parseSample(line: string): Sample {
  const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\d+)?$/.exec(line)
  if (!match) throw new Error(`not a line of the Prometheus text format: ${line}`)
  const [, name, labelText = '', value] = match
  const labels: Record<string, string> = {}
  for (const [, key, text] of labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) labels[key] = unescapeLabel(text)
  return { name, labels, value: parseValue(value) }
}

function unescapeLabel(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}
