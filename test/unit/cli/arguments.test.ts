import { expect, test } from 'vitest'
import { parseConfigArguments } from '../../../src/cli/arguments.ts'
import { UsageError } from '../../../src/cli/usage.ts'

test('files and settings keep their order, and a value may hold =', () => {
  const argv = ['-c', 'a', '--set', 'x=1', '--config=b', '--set=y=p=q', '--set', 'z=', '--embedded-broker']
  expect(parseConfigArguments(argv)).toEqual({
    files: ['a', 'b'],
    sets: [
      { key: 'x', value: '1' },
      { key: 'y', value: 'p=q' },
      { key: 'z', value: '' },
    ],
    embeddedBroker: true,
  })
  expect(parseConfigArguments([])).toEqual({ files: [], sets: [], embeddedBroker: false })
})

test('what is not in the grammar is a fault of usage', () => {
  for (const argv of [['-c'], ['--set', 'x'], ['--set', '=1'], ['--bogus'], ['word'], ['--embedded-broker=yes']]) {
    expect(() => parseConfigArguments(argv), argv.join(' ')).toThrow(UsageError)
  }
})
