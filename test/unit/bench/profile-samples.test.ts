import { describe, expect, it } from 'vitest'
import { formatProfile, SampleCounts } from '../../../bench/profile-samples.ts'

function counted(...lines: string[]): SampleCounts {
  const counts = new SampleCounts()
  for (const line of lines) counts.add(line)
  return counts
}

describe('samples of perf', () => {
  it('are counted by thread and function; one function in two tiers is one function', () => {
    const counts = counted(
      '   17     7f01 LazyCompile:~put file:///x/src/queue-put.ts:12:3 (/tmp/perf-17.map)',
      '   17     7f02 JS:*put file:///x/src/queue-put.ts:12:3 (/tmp/perf-17.map)',
      '   18     143af93 v8::internal::Factory::AllocateRaw (/opt/node/bin/node)',
    )
    expect(counts.total).toBe(3)
    expect([...counts.threads.get(17)!]).toEqual([['put queue-put.ts:12:3  (perf-17.map)', 2]])
    expect([...counts.threads.get(18)!.keys()]).toEqual(['v8::internal::Factory::AllocateRaw  (node)'])
  })

  it('are not made of what is no sample', () => {
    expect(counted('', 'WARNING: something', '17 zz').total).toBe(0)
  })

  it('are shown by share, the busiest thread and function first', () => {
    const lines = ['17 a hot (x)', '17 a hot (x)', '17 a hot (x)', '17 a cold (x)', '18 a only (y)']
    expect(formatProfile(counted(...lines), 17, 1).split('\n')).toEqual([
      '',
      'thread main: 80.0 % of the process',
      '   75.0 %  hot  (x)',
      '',
      'thread 18: 20.0 % of the process',
      '  100.0 %  only  (y)',
    ])
  })
})
