/** Damage to OTLP/JSON by its tokens: members are moved, doubled and renamed, values replaced; most of it is still JSON. */
import type { Random } from './random.ts'

const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*|true|false|null|[{}[\],:]/g

/** @param other a text from which keys and values are taken */
export function mutateJson(text: string, other: string, random: Random): string {
  const tokens = text.match(TOKEN) ?? []
  const others = other.match(TOKEN) ?? []
  for (let times = 1 + random.below(3); times > 0; times--) mutateTokens(tokens, others, random)
  return tokens.join(random.oneIn(8) ? ' ' : '')
}

function mutateTokens(tokens: string[], others: readonly string[], random: Random): void {
  const at = random.below(Math.max(tokens.length, 1))
  switch (random.below(8)) {
    case 0: {
      const value = findFrom(tokens, at, (index) => isScalar(tokens, index))
      if (value >= 0) tokens[value] = random.pick(VALUES)
      return
    }
    case 1: {
      const key = findFrom(tokens, at, (index) => tokens[index + 1] === ':')
      if (key >= 0) tokens[key] = random.oneIn(2) ? random.pick(KEYS) : keyOf(others, random)
      return
    }
    case 2:
      moveMember(tokens, at, random)
      return
    case 3: {
      const value = findFrom(tokens, at, (index) => isScalar(tokens, index))
      if (value >= 0) tokens[value] = respelled(tokens[value]!, random)
      return
    }
    case 4:
      tokens.splice(at, 1 + random.below(2))
      return
    case 5:
      tokens.splice(at, 0, random.pick([...'{}[],:', 'null', '"x"', '1', ',"stringValue":"x"', ',"intValue":1']))
      return
    case 6: {
      const value = findFrom(tokens, at, (index) => isScalar(tokens, index))
      if (value >= 0 && others.length > 0) tokens[value] = random.pick(others)
      return
    }
    default:
      moveMember(tokens, at, random)
  }
}

/** Copies the member or element that begins at or after a place to another one; sometimes it leaves its own. */
function moveMember(tokens: string[], at: number, random: Random): void {
  const start = findFrom(
    tokens,
    at,
    (index) => '{[,'.includes(tokens[index - 1] ?? ' ') && !'}]'.includes(tokens[index]!),
  )
  if (start < 0) return
  const end = endOfMember(tokens, start)
  const member = tokens.slice(start, end)
  if (random.oneIn(4)) tokens.splice(start, end - start + (tokens[end] === ',' ? 1 : 0))
  const target = random.oneIn(2)
    ? start
    : findFrom(tokens, random.below(Math.max(tokens.length, 1)), (index) => '{['.includes(tokens[index]!)) + 1
  const isLast = '}]'.includes(tokens[target] ?? '}')
  tokens.splice(target, 0, ...member, ...(isLast ? [] : [',']))
}

function endOfMember(tokens: readonly string[], start: number): number {
  let depth = 0
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index]!
    if ('{['.includes(token)) depth++
    if ('}]'.includes(token) && depth-- === 0) return index
    if (token === ',' && depth === 0) return index
  }
  return tokens.length
}

function findFrom(tokens: readonly string[], at: number, isIt: (index: number) => boolean): number {
  for (let step = 0; step < tokens.length; step++) {
    const index = (at + step) % tokens.length
    if (isIt(index)) return index
  }
  return -1
}

/** A value that is neither object nor list, and no key. */
function isScalar(tokens: readonly string[], index: number): boolean {
  return !'{}[],:'.includes(tokens[index]!) && tokens[index + 1] !== ':'
}

function keyOf(others: readonly string[], random: Random): string {
  const key = findFrom(others, random.below(Math.max(others.length, 1)), (index) => others[index + 1] === ':')
  return key < 0 ? '"key"' : others[key]!
}

function respelled(token: string, random: Random): string {
  if (token.startsWith('"')) {
    const text = token.slice(1, -1)
    return random.pick([
      text === '' ? '0' : text,
      `" ${text}"`,
      `"${text}="`,
      `"${text.toUpperCase()}"`,
      `"\\u0061${text}"`,
      `"${text}e0"`,
    ])
  }
  return random.pick([
    `"${token}"`,
    `${token}0`,
    `-${token}`,
    `${token}.0`,
    `${token}e0`,
    `${token}e-1`,
    `${token}e2`,
    `0${token}`,
  ])
}

const KEYS = [
  '"name"',
  '"n\\u0061me"',
  '"trace_id"',
  '"start_time_unix_nano"',
  '"__proto__"',
  '""',
  '"Name"',
  '"stringValue"',
  '"intValue"',
  '"values"',
  '"attributes"',
  '"asDouble"',
  '"gauge"',
]

const VALUES = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e2',
  '1e-2',
  '100e-2',
  '1e400',
  '1e-400',
  '4294967295',
  '4294967296',
  '2147483648',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '9007199254740993',
  '0.1e1',
  '5e-324',
  '123456789012345678901234567890',
  '"NaN"',
  '"Infinity"',
  '"-Infinity"',
  '"nan"',
  '"1"',
  '"1e2"',
  '"0x1"',
  '" 1"',
  '""',
  '"SPAN_KIND_SERVER"',
  '"AAE="',
  '"-_-_"',
  '"AB"',
  '"A"',
  '"5b8efff798038103d269b633813fc60c"',
  '"EEE19B7EC3C1B174"',
  '"abc"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\u0000"',
  '"\\x"',
  '{}',
  '[]',
  '[{}]',
  '[null]',
  '{"stringValue":"x","intValue":"1"}',
  'NaN',
  '01',
  '1.',
  '.5',
]
