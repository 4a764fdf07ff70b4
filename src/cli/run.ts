import { EXIT } from './usage.ts'

export async function runCommand(argv: readonly string[]): Promise<number> {
  void argv
  process.stderr.write('sluice run is not built yet\n')
  return EXIT.COULD_NOT_START
}
