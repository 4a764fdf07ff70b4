/** The command line that engine-run.ts and profile.ts share: `( --rounds N | --kafka HOST:PORT | --set KEY=VALUE | LOAD FLAG )...` */
import { type LoadOptions, parseLoadOptions } from './load/options.ts'

export interface RunArguments {
  readonly rounds: number
  readonly kafka: string | undefined
  readonly settings: Readonly<Record<string, string>>
  readonly load: LoadOptions
}

/** What is not ours belongs to the load generator. */
export function parseRunArguments(argv: readonly string[]): RunArguments {
  const settings: Record<string, string> = {}
  const rest: string[] = []
  let rounds = 1
  let kafka: string | undefined
  for (let index = 0; index < argv.length; index += 2) {
    const [flag, value = ''] = argv.slice(index, index + 2)
    if (flag === '--set') settings[value.slice(0, value.indexOf('='))] = value.slice(value.indexOf('=') + 1)
    else if (flag === '--rounds') rounds = Number(value)
    else if (flag === '--kafka') kafka = value
    else rest.push(flag, value)
  }
  return { rounds, kafka, settings, load: parseLoadOptions(rest) }
}
