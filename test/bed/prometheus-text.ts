/** A strict reader of the Prometheus text format 0.0.4: refuses what `promtool check metrics` refuses, and lints names. */

export interface TextSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface TextFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly TextSample[]
}

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped']
const SAMPLE = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y
const VALUE = /^(?:[+-]?Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i

/** @throws Error naming the line */
export function readPrometheusText(text: string): readonly TextFamily[] {
  if (!text.endsWith('\n')) throw new Error('the text does not end with a line feed')
  const families = new Map<string, TextFamily & { samples: TextSample[] }>()
  const lines = text.slice(0, -1).split('\n')
  let current: (TextFamily & { samples: TextSample[] }) | undefined
  for (const [index, line] of lines.entries()) {
    const refuse = (why: string): never => {
      throw new Error(`line ${index + 1}: ${why}: ${line}`)
    }
    if (line.startsWith('# HELP ')) continue
    if (line.startsWith('# TYPE ')) {
      const [, , name = '', type = '', ...rest] = line.split(' ')
      const help = helpOf(lines[index - 1], name) ?? refuse('no HELP before')
      if (!TYPES.includes(type) || rest.length > 0) refuse('no type')
      if (families.has(name)) refuse('a second family of this name')
      current = { name, type, help, samples: [] }
      families.set(name, current)
      continue
    }
    const sample = sampleOf(line) ?? refuse('no sample')
    if (current === undefined || sample.name !== current.name) return refuse('a sample outside its family')
    if (current.samples.some(({ labels }) => sameLabels(labels, sample.labels)))
      refuse('a second sample of these labels')
    current.samples.push({ labels: sample.labels, value: sample.value })
  }
  for (const { name, samples } of families.values()) if (samples.length === 0) throw new Error(`${name} has no sample`)
  return [...families.values()]
}

/** What promtool's linter says of names, as far as it concerns this project. */
export function lintNames(families: readonly TextFamily[]): readonly string[] {
  return families.flatMap(({ name, type }) => [
    ...(type === 'counter' && !name.endsWith('_total') ? [`${name}: a counter ends in _total`] : []),
    ...(type !== 'counter' && name.endsWith('_total') ? [`${name}: only a counter ends in _total`] : []),
    ...(/[A-Z]/.test(name) ? [`${name}: names are snake_case`] : []),
    ...(/_(ms|milliseconds|kib|kilobytes|percent|minutes)(_|$)/.test(name) ? [`${name}: not a base unit`] : []),
  ])
}

function helpOf(line: string | undefined, name: string): string | undefined {
  const start = `# HELP ${name} `
  return line?.startsWith(start) && line.length > start.length ? line.slice(start.length) : undefined
}

function sampleOf(line: string): (TextSample & { name: string }) | undefined {
  const match = SAMPLE.exec(line)
  if (match === null || !VALUE.test(match[3]!)) return undefined
  const labels = match[2] === undefined ? {} : labelsOf(match[2])
  return labels && { name: match[1]!, labels, value: Number(match[3]!.replace(/inf/i, 'Infinity')) }
}

function labelsOf(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const match = LABEL.exec(text)
    if (match === null || match[1]! in labels) return undefined
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
  }
  return labels
}

function sameLabels(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
}
