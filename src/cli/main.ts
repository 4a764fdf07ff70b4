/** The command line: one word selects the command, the command's exit code ends the process. */
import { realpathSync } from 'node:fs'
import { sluiceVersion } from '../version.ts'
import { EXIT, USAGE, UsageError } from './usage.ts'

type Command = (argv: readonly string[]) => Promise<number>

/** Loaded when asked for: only some commands need the engine and its native parts. */
const COMMANDS: Readonly<Record<string, Command>> = {
  run: async (argv) => (await import('./run.ts')).runCommand(argv),
  check: async (argv) => (await import('./check.ts')).checkCommand(argv),
  options: async (argv) => (await import('./options.ts')).optionsCommand(argv),
}

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv
  if (word === '--help' || word === '-h' || rest.includes('--help') || rest.includes('-h')) return print(USAGE)
  if (word === '--version') return print(`sluice ${sluiceVersion()}\n`)
  const command = word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined
  if (command === undefined) return usageFault(word === undefined ? 'a command is missing' : `unknown command ${word}`)
  try {
    return await command(rest)
  } catch (error) {
    if (error instanceof UsageError) return usageFault(error.message)
    process.stderr.write(`sluice: internal fault: ${error instanceof Error ? error.stack : String(error)}\n`)
    return EXIT.INTERNAL_FAULT
  }
}

function print(text: string): number {
  process.stdout.write(text)
  return EXIT.CLEAN
}

function usageFault(reason: string): number {
  process.stderr.write(`sluice: ${reason}\n\n${USAGE}`)
  return EXIT.USAGE
}

// Imported by tests, executed by bin/sluice.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) {
  process.exitCode = await main(process.argv.slice(2))
}
