import { expect, test } from 'vitest'
import { readConnectJson } from '../../../src/config/json-file.ts'

test('the bare map and the wrapped one mean the same', () => {
  const bare = readConnectJson('{"name":"n","otlp.grpc.port":1,"otlp.http.enabled":false}', 'f')
  const wrapped = readConnectJson('{"name":"n","config":{"otlp.grpc.port":1,"otlp.http.enabled":false}}', 'f')
  const values = [
    ['name', 'n'],
    ['otlp.grpc.port', '1'],
    ['otlp.http.enabled', 'false'],
  ]
  const sorted = (read: typeof bare) => read.entries.map(({ key, text }) => [key, text]).sort()
  expect([sorted(bare), sorted(wrapped)]).toEqual([values, values])
})

test('a source names the line of the key', () => {
  const { entries } = readConnectJson('{\n"a": 1,\n"b": 2\n}', 'f')
  expect(entries.map(({ source }) => source)).toEqual(['f line 2', 'f line 3'])
  const twice = readConnectJson('{\n"a": 1,\n"a": 2,\n"b": "a"\n}', 'f').entries
  expect(twice.map(({ text, source }) => [text, source])).toEqual([
    ['2', 'f line 3'],
    ['a', 'f line 4'],
  ])
})

test('two different names are a problem', () => {
  expect(readConnectJson('{"name":"n","config":{"name":"n"}}', 'f').problems).toEqual([])
  expect(readConnectJson('{"name":"n","config":{"name":"m"}}', 'f').problems).toMatchObject([
    { key: 'name', value: '"n"' },
  ])
})

test('a setting outside `config` is a problem, not ignored', () => {
  expect(readConnectJson('{"otlp.grpc.port":1,"config":{}}', 'f').problems).toMatchObject([{ key: 'otlp.grpc.port' }])
})

test('lists, maps and null are no values', () => {
  expect(readConnectJson('{"a":[1],"b":{},"c":null}', 'f').problems).toHaveLength(3)
})

test('broken JSON is named by its place and never quoted', () => {
  const { problems } = readConnectJson('{\n"secret": "hunter2",,\n}', 'f')
  expect(problems).toEqual([{ key: '', source: 'f', text: 'is not valid JSON (line 2 column 21)' }])
  expect(readConnectJson('[]', 'f').problems).toMatchObject([{ text: 'must be a JSON object' }])
})
