import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The command line as a process of its own: the exit code and both outputs are what a script sees. */
function sluice(argv: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const flags = ['--experimental-strip-types', '--no-warnings', 'src/cli/main.ts']
  const env = { PATH: process.env.PATH ?? '', ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, ...argv], { env, timeout: 15_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err })
    })
  })
}

test('an unknown command, flag or none at all is exit 2 with the usage on standard error', async () => {
  for (const argv of [[], ['bogus'], ['check', '--bogus'], ['options', 'word'], ['toString']]) {
    const { code, out, err } = await sluice(argv)
    expect([code, out, err.includes('Usage: sluice COMMAND')], argv.join(' ')).toEqual([2, '', true])
  }
})

test('--version and --help are answered on standard output', async () => {
  expect(await sluice(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^sluice \d+\.\d+\.\d+\n$/) })
  expect(await sluice(['run', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Usage: sluice') })
})

test('a configuration that cannot be used is exit 1 with one line a problem', async () => {
  const { code, out, err } = await sluice(['check', '--set', 'otlp.grpc.port=99999'], { OTLP_ACK: 'never' })
  expect({ code, out, err }).toEqual({
    code: 1,
    out: '',
    err: 'sluice: otlp.grpc.port=99999 (--set): must be an integer from 0 to 65535\nsluice: otlp.ack=never (environment OTLP_ACK): must be kafka or queue\n',
  })
})

test('options prints the table as text and as Markdown', async () => {
  expect((await sluice(['options'])).out).toContain('\notlp.grpc.port ')
  expect((await sluice(['options', '--markdown'])).out).toContain('| `otlp.grpc.port` | `OTLP_GRPC_PORT` |')
})
