import type { OptionDefinition } from './option-types.ts'

export type ParsedValue = string | number | boolean | readonly string[]
export type Parsed = { readonly ok: true; readonly value: ParsedValue } | { readonly ok: false; readonly text: string }

/** Text to value, by the option's own definition. Never throws; what is wrong and what is allowed comes back as text. */
export function parseOptionValue(option: OptionDefinition, raw: string): Parsed {
  const text = raw.trim()
  const value = valueFrom(option, text)
  return value === undefined ? { ok: false, text: `must be ${allowedText(option)}` } : { ok: true, value }
}

function valueFrom(option: OptionDefinition, text: string): ParsedValue | undefined {
  switch (option.kind) {
    case 'integer':
      return integerIn(text, option.min, option.max)
    case 'auto':
      return text.toLowerCase() === 'auto' ? 'auto' : integerIn(text, option.min, option.max)
    case 'boolean':
      return booleanOf(text)
    case 'choice':
      return option.values.includes(text) ? text : undefined
    case 'text':
      return option.accepts(text) ? text : undefined
    case 'list':
      return listOf(text, option.accepts)
  }
}

function integerIn(text: string, min: number, max: number): number | undefined {
  if (!/^-?\d{1,15}$/.test(text)) return undefined
  const value = Number(text)
  return value >= min && value <= max ? value : undefined
}

function booleanOf(text: string): boolean | undefined {
  if (/^true$/i.test(text)) return true
  if (/^false$/i.test(text)) return false
  return undefined
}

function listOf(text: string, accepts: (element: string) => boolean): readonly string[] | undefined {
  if (text === '') return []
  const elements = text.split(',').map((element) => element.trim())
  return elements.every((element) => accepts(element)) ? elements : undefined
}

/** Fits after "must be". */
export function allowedText(option: OptionDefinition): string {
  switch (option.kind) {
    case 'integer':
      return `an integer from ${option.min} to ${option.max}${unitText(option.unit)}`
    case 'auto':
      return `\`auto\` or an integer from ${option.min} to ${option.max}${unitText(option.unit)}`
    case 'boolean':
      return 'true or false'
    case 'choice':
      return choiceText(option.values)
    case 'text':
    case 'list':
      return option.allowed
  }
}

function choiceText(values: readonly string[]): string {
  const words = values.map((value) => (value === '' ? 'empty' : value))
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function unitText(unit: string): string {
  return unit === 'port' ? '' : ` (${unit})`
}

/** The way back: what one would write in a file to get this value. */
export function optionValueText(value: ParsedValue): string {
  return typeof value === 'object' ? value.join(',') : String(value)
}
