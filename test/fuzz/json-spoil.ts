/** A valid text with one value, key or mark that is another: what careless or hostile senders write. */
import type { Random } from '../generator/random.ts'

/** Every kind of value, right for some fields and wrong for others. */
const VALUES = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1',
    '-1',
    '2.0',
    '2.5',
    '1e2',
    '1E+2',
    '1e-1',
    '100e-2',
    '-0.0',
    '5e-324',
    '1e309',
  ],
  ...['2147483647', '2147483648', '-2147483648', '-2147483649', '4294967295', '4294967296', '9223372036854775807'],
  ...[
    '9223372036854775808',
    '-9223372036854775808',
    '-9223372036854775809',
    '18446744073709551615',
    '18446744073709551616',
  ],
  ...[
    '1.7976931348623157e308',
    '1.7976931348623159e308',
    '9007199254740993',
    '1544712660300000001',
    '0.1',
    '1e23',
    '123456789012345678901234567890',
  ],
  ...['01', '-', '+1', '.5', '1.', '1e', '0x10', 'NaN', 'Infinity', '-Infinity', 'nul', 'True', "'x'"],
  ...[
    '""',
    '"x"',
    '"1"',
    '"-1"',
    '"1.0"',
    '"1e2"',
    '"1.5"',
    '" 1"',
    '"1 "',
    '"+1"',
    '"0x10"',
    '"1_0"',
    '"01"',
    '"1e400"',
    '"٣"',
  ],
  ...[
    '"NaN"',
    '"nan"',
    '"Infinity"',
    '"-Infinity"',
    '"inf"',
    '"true"',
    '"9223372036854775807"',
    '"18446744073709551616"',
  ],
  ...[
    '"+/8="',
    '"-_8="',
    '"+/8"',
    '"+/8=="',
    '"A"',
    '"A==="',
    '"===="',
    '"@@@"',
    '"AA AA"',
    '"AA\\nAA"',
    '"+_8="',
    '"AAAA="',
  ],
  ...[
    '"0af7651916cd43dd"',
    '"0AF7651916CD43DD8448EB211C80319C"',
    '"0af7651916cd43d"',
    '"zz"',
    '"\\u0030\\u0041"',
    '"ab"',
  ],
  ...['"\\ud83d\\ude00"', '"\\udc00"', '"\\ud800x"', '"\\x"', '"\\u12"', '"\t"', '"\\u0000"', '"é😀"', '"x'],
  ...[
    '{}',
    '[]',
    '[{}]',
    '[null]',
    '{"a":1}',
    '[[]]',
    '{"key":"k"}',
    '{"stringValue":"s"}',
    '{"stringValue":"s","intValue":1}',
    '[1]',
    '["1"]',
    '{',
  ],
] as const

const MARKS = [
  '',
  ',',
  ',,',
  ':',
  ' ',
  '\n',
  '\u000b',
  '\u00a0',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  '//',
  '/**/',
  '\ufeff',
  '\0',
]

export function spoiled(text: string, random: Random): string {
  switch (random.below(5)) {
    case 0:
      return withMark(text, random)
    case 1:
      return withKey(text, random)
    default:
      return withValue(text, random)
  }
}

function withValue(text: string, random: Random): string {
  const places = [...text.matchAll(/(?<=[:[,])(?:-?[\d.]+(?:e[+-]?\d+)?|"(?:[^"\\]|\\.)*"(?!:)|true|false|\{\}|\[\])/g)]
  if (places.length === 0) return random.pick(VALUES)
  const { 0: value, index } = random.pick(places)
  return text.slice(0, index) + random.pick(VALUES) + text.slice(index + value.length)
}

/** a key in another spelling, of another field, twice, or with null */
function withKey(text: string, random: Random): string {
  const places = [...text.matchAll(/"([a-zA-Z]+)":/g)]
  if (places.length === 0) return text
  const { 0: whole, 1: key, index } = random.pick(places)
  const snake = key!.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const spelling = random.pick([
    `"${snake}":`,
    `"${key!.toUpperCase()}":`,
    `"__proto__":`,
    `"":`,
    `"\\u${key!.charCodeAt(0).toString(16).padStart(4, '0')}${key!.slice(1)}" : `,
    `${random.pick(places)[0]}`,
    `"${key}":null,"${key}":`,
    `"${key} ":`,
    `${key}:`,
    `'${key}':`,
    `"${key}"`,
  ])
  return text.slice(0, index) + spelling + text.slice(index + whole.length)
}

function withMark(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const removed = random.below(2)
  return text.slice(0, at) + random.pick(MARKS) + text.slice(at + removed)
}
