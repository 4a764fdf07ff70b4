/** Kafka Connect's connector JSON: `{"name": ..., "config": {...}}` or the bare map of settings. */
import type { Problem } from './config-error.ts'
import type { ReadEntries } from './properties-file.ts'
import type { RawEntry } from './raw-entry.ts'
import { displayUnknownValue } from './secrets.ts'

export function readConnectJson(content: string, file: string): ReadEntries {
  const document = parseDocument(content)
  if (typeof document === 'string') return { entries: [], problems: [{ key: '', source: file, text: document }] }
  const wrapped = isMap(document.config)
  const settings = wrapped ? (document.config as JsonMap) : document
  const reader = new SettingsReader(content, file)
  reader.readAll(settings)
  if (wrapped) reader.readEnvelope(document, settings)
  return { entries: reader.entries, problems: reader.problems }
}

type JsonMap = Readonly<Record<string, unknown>>

/** The map, or what is wrong. The parser's own text quotes the file, which may hold secrets: only its place is kept. */
function parseDocument(content: string): JsonMap | string {
  try {
    const document: unknown = JSON.parse(content.replace(/^\uFEFF/, ''))
    return isMap(document) ? document : 'must be a JSON object'
  } catch (error) {
    const place = /line \d+ column \d+/.exec(String(error))?.[0]
    return `is not valid JSON${place === undefined ? '' : ` (${place})`}`
  }
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

class SettingsReader {
  readonly entries: RawEntry[] = []
  readonly problems: Problem[] = []
  readonly #content: string
  readonly #file: string

  constructor(content: string, file: string) {
    this.#content = content
    this.#file = file
  }

  readAll(settings: JsonMap): void {
    for (const [key, value] of Object.entries(settings)) this.#read(key, value)
  }

  /** Connect refuses a name that differs from the one in the configuration; so do we. */
  readEnvelope(document: JsonMap, settings: JsonMap): void {
    for (const key of Object.keys(document)) {
      if (key === 'config' || key === 'tasks' || key === 'type' || key === 'initial_state') continue
      if (key !== 'name') {
        this.#problem(key, document[key], 'settings belong inside `config`')
      } else if (settings.name === undefined) {
        this.#read('name', document.name)
      } else if (settings.name !== document.name) {
        this.#problem('name', document.name, 'differs from `name` inside `config`')
      }
    }
  }

  #read(key: string, value: unknown): void {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      this.entries.push({ key, text: String(value), source: this.#source(key) })
    } else {
      this.#problem(key, value, 'must be a string, a number or a boolean')
    }
  }

  #problem(key: string, value: unknown, text: string): void {
    const shown = displayUnknownValue(key, JSON.stringify(value).slice(0, 100))
    this.problems.push({ key, value: shown, source: this.#source(key), text })
  }

  /** The parser keeps no places, so the line is found by the key's spelling: of duplicates the last one counts. */
  #source(key: string): string {
    const spelled = JSON.stringify(key)
    let at = this.#content.lastIndexOf(spelled)
    while (at > 0 && !/^\s*:/.test(this.#content.slice(at + spelled.length, at + spelled.length + 100))) {
      at = this.#content.lastIndexOf(spelled, at - 1)
    }
    return at < 0 ? this.#file : `${this.#file} line ${this.#content.slice(0, at).split('\n').length}`
  }
}
