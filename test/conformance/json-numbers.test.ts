/** OTLP/JSON: enums, integers, doubles. */
import { beforeAll, it } from 'vitest'
import { JsonWitnesses, logModel, logText } from './bed/json-cases.ts'
import { bodies, each, type Meaning, points, spans, type Table, table } from './bed/json-tables.ts'
import { conformancePair } from './bed/pair.ts'

const pair = conformancePair()
let witnesses: JsonWitnesses
beforeAll(() => {
  witnesses = new JsonWitnesses(pair)
})

it('[C86 B038 C109] enums are integers of any number; names, fractions and numbers out of range are refused', async () => {
  const kind = (value: number): Meaning => ({ kind: value })
  const rows: Table = [
    ['2', kind(2)],
    ['2.0', kind(2)],
    ['2e0', kind(2)],
    ['0', {}],
    ['null', {}],
    ['99', kind(99)],
    ['-1', kind(-1)],
    ['2147483647', kind(2147483647)],
    ['"SPAN_KIND_SERVER"', 'invalid'],
    ['"SERVER"', 'invalid'],
    ['""', 'invalid'],
    ['2.5', 'invalid'],
    ['2147483648', 'invalid'],
    ['-2147483649', 'invalid'],
    ['true', 'invalid'],
    ['[2]', 'invalid'],
  ]
  await witnesses.expectRead([
    ...spans('kind', 'kind', rows),
    ...table(
      'severity',
      [
        ['9', { severityNumber: 9 }],
        ['"SEVERITY_NUMBER_INFO"', 'invalid'],
      ],
      (value) => ({ signal: 'logs', text: logText(`"severityNumber":${value}`) }),
      logModel,
    ),
    ...spans('status', 'status', [
      ['{"code":2}', { status: { code: 2 } }],
      ['{"code":"STATUS_CODE_ERROR"}', 'invalid'],
    ]),
    {
      label: 'temporality',
      signal: 'metrics',
      text: '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA"}}]}]}]}',
      means: 'invalid',
    },
  ])
})

it('[C89 C90 B039 B040] 64-bit integers are exact in every notation of an integer, and refused in all others', async () => {
  const value = (intValue: string): Meaning => ({ body: { intValue } })
  const int64: Table = [
    ['{"intValue":"9007199254740993"}', value('9007199254740993')],
    ['{"intValue":9007199254740993}', value('9007199254740993')],
    ['{"intValue":1e18}', value('1000000000000000000')],
    ['{"intValue":"1e2"}', value('100')],
    ['{"intValue":1E+2}', value('100')],
    ['{"intValue":100e-2}', value('1')],
    ['{"intValue":1.0}', value('1')],
    ['{"intValue":"1.0"}', value('1')],
    ['{"intValue":1.5e1}', value('15')],
    ['{"intValue":-0}', value('0')],
    ['{"intValue":"-1"}', value('-1')],
    ['{"intValue":9223372036854775807}', value('9223372036854775807')],
    ['{"intValue":"-9223372036854775808"}', value('-9223372036854775808')],
    ['{"intValue":9.223372036854775807e18}', value('9223372036854775807')],
  ]
  const bad =
    '1.5|"1.5"|""|" 1"|"1 "|"0x10"|"+1"|"٣"|"1_000"|"abc"|"1e"|9223372036854775808|"-9223372036854775809"|1e19|1e400|true|{}|[1]|"NaN"|"Infinity"|"01"|"1n"|1e-1'
  await witnesses.expectRead([
    ...bodies('int64', int64),
    ...bodies(
      'bad int64',
      each(
        bad.split('|').map((text) => `{"intValue":${text}}`),
        'invalid',
      ),
    ),
  ])
})

it('[C89 C90 B039 B040] other integers are exact in every notation too, and within the range of their type', async () => {
  const nanos = (text: string): Meaning => ({ startTimeUnixNano: text })
  await witnesses.expectRead([
    ...spans('fixed64', 'startTimeUnixNano', [
      ['"1544712660300000001"', nanos('1544712660300000001')],
      ['1544712660300000001', nanos('1544712660300000001')],
      ['18446744073709551615', nanos('18446744073709551615')],
      ['"18446744073709551615"', nanos('18446744073709551615')],
      ['1.544712660300000001e18', nanos('1544712660300000001')],
      ['18446744073709551616', 'invalid'],
      ['-1', 'invalid'],
      ['"-1"', 'invalid'],
      ['0.5', 'invalid'],
    ]),
    ...spans('uint32', 'droppedLinksCount', [
      ['4294967295', { droppedLinksCount: 4294967295 }],
      ['"4294967295"', { droppedLinksCount: 4294967295 }],
      ['1e2', { droppedLinksCount: 100 }],
      ['4294967296', 'invalid'],
      ['-1', 'invalid'],
      ['""', 'invalid'],
    ]),
    ...spans('fixed32', 'flags', [
      ['4294967295', { flags: 4294967295 }],
      ['"257"', { flags: 257 }],
      ['4294967296', 'invalid'],
      ['1.5', 'invalid'],
    ]),
    ...points('sfixed64', 'gauge', 'asInt', [
      ['"-5"', { asInt: '-5' }],
      ['-5', { asInt: '-5' }],
      ['9223372036854775808', 'invalid'],
    ]),
    ...points('sint32', 'exponentialHistogram', 'scale', [
      ['-2147483648', { scale: -2147483648 }],
      ['"7"', { scale: 7 }],
      ['2147483648', 'invalid'],
    ]),
    ...points('list of fixed64', 'histogram', 'bucketCounts', [
      ['["1",2,3e0]', { bucketCounts: ['1', '2', '3'] }],
      ['[1,"x"]', 'invalid'],
      ['"1"', 'invalid'],
      ['[-1]', 'invalid'],
    ]),
  ])
})

it('[C91 B041 B018] doubles: non-finite ones as text, numbers in either form, -0 with its sign; all else is refused', async () => {
  const value = (doubleValue: number | string): Meaning => ({ body: { doubleValue } })
  const good: Table = [
    ['"NaN"', value('NaN')],
    ['"Infinity"', value('Infinity')],
    ['"-Infinity"', value('-Infinity')],
    ['"1.5"', value(1.5)],
    ['1', value(1)],
    ['-0', value(-0)],
    ['-0.0', value(-0)],
    ['"-0"', value(-0)],
    ['0.1', value(0.1)],
    ['5e-324', value(5e-324)],
    ['2e-324', value(0)],
    ['1e-400', value(0)],
    ['1.7976931348623157e308', value(1.7976931348623157e308)],
    ['9007199254740993', value(9007199254740992)],
    ['2.2250738585072011e-308', value('2.2250738585072011e-308')],
    ['0.1000000000000000055511151231257827021181583404541015625', value(0.1)],
    ['1E5', value(1e5)],
    ['"1e-5"', value(1e-5)],
  ]
  const bad = [
    '1e400',
    '-1e400',
    '"1e400"',
    '""',
    '"nan"',
    '"inf"',
    '"infinity"',
    'NaN',
    'Infinity',
    '"+1"',
    '" 1"',
    '"1_0"',
    '.5',
    '1.',
    '+1',
    '01',
    '"0x1"',
    '-',
    '1e',
    'true',
    '[]',
    '{}',
  ]
  await witnesses.expectRead(
    bodies('double', [
      ...good.map(([text, means]): [string, Meaning] => [`{"doubleValue":${text}}`, means]),
      ...bad.map((text): [string, Meaning] => [`{"doubleValue":${text}}`, 'invalid']),
    ]),
  )
})
