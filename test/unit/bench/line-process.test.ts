import { describe, expect, it } from 'vitest'
import { ENDED_BY_SIGNAL, LineProcess } from '../../../bench/line-process.ts'

const DEADLINE_MS = 10_000

function start(script: string, onLine: (line: string) => void = () => {}): LineProcess {
  return new LineProcess({ command: [process.execPath, '-e', script], onLine })
}

describe('a process that talks in lines', () => {
  it('has handed over its last line when its end is known', async () => {
    const lines: string[] = []
    const child = start('console.log("one"); process.stdout.write("two")', (line) => lines.push(line))
    expect(await child.exited(DEADLINE_MS)).toBe(0)
    expect(lines).toEqual(['one', 'two'])
  })

  it('is killed at the deadline, and its last words are told', async () => {
    const child = start('console.log("working"); setInterval(() => {}, 1000)')
    await expect(child.exited(500)).rejects.toThrow(/not within 500 ms/)
    expect(await child.ended).toBe(ENDED_BY_SIGNAL)
  })

  it('throws what its reader threw to who waits for the end', async () => {
    const child = start('console.log("x"); setInterval(() => {}, 1000)', () => {
      throw new Error('the measured process has ended')
    })
    await expect(child.exited(DEADLINE_MS)).rejects.toThrow('the measured process has ended')
    expect(() => process.kill(child.pid, 0)).toThrow('ESRCH')
  })

  it('fails when there is nothing to start', async () => {
    const child = new LineProcess({ command: ['/nowhere/at/all'], onLine: () => {} })
    await expect(child.exited(DEADLINE_MS)).rejects.toThrow('ENOENT')
  })
})
