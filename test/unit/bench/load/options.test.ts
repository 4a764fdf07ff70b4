import { describe, expect, it } from 'vitest'
import { LOAD_DEFAULTS, loadArguments, parseLoadOptions } from '../../../../bench/load/options.ts'

describe('the command line of the load generator', () => {
  it('takes its defaults where nothing is said', () => {
    expect(parseLoadOptions([])).toEqual(LOAD_DEFAULTS)
  })

  it('reads back what it wrote', () => {
    const options = { ...LOAD_DEFAULTS, protocol: 'grpc', signal: 'logs', ratePerS: 12.5, itemBytes: 0 } as const
    expect(parseLoadOptions(loadArguments(options))).toEqual(options)
  })

  it.each([
    [['--protocol', 'ftp'], 'http, grpc'],
    [['--signal', 'spans'], 'traces'],
    [['--connections', '0'], '--connections 0'],
    [['--duration-s', 'ten'], '--duration-s ten'],
    [['--rate=-1'], '--rate -1'],
    [['--protocol', 'grpc', '--format', 'json'], 'protobuf only'],
    [['--unknown', '1'], '--unknown'],
  ])('refuses %j and says why', (args, text) => {
    expect(() => parseLoadOptions(args)).toThrow(text)
  })
})
