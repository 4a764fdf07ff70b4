/**
 * Load generator, in a process of its own so that its CPU is nobody else's:
 *
 *   node --experimental-strip-types bench/load/main.ts --protocol http --url http://127.0.0.1:4318 --duration-s 10
 *
 * Flags: options.ts. Prints result.ts, one JSON object a line.
 */
import { writeSync } from 'node:fs'
import { parseLoadOptions } from './options.ts'
import { runLoad } from './run-load.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2
const MARGIN_MS = 10_000

function readOptions() {
  try {
    return parseLoadOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`load: ${(error as Error).message}\n`)
    process.exit(EXIT_USAGE)
  }
}

const options = readOptions()
const deadlineMs = (options.warmUpS + options.durationS + options.timeoutS) * 1000 + MARGIN_MS
setTimeout(() => {
  process.stderr.write(`load: not done within ${deadlineMs} ms\n`)
  process.exit(EXIT_FAILED)
}, deadlineMs).unref()
await runLoad(options, (event) => writeSync(1, `${JSON.stringify(event)}\n`))
process.exit(0) // sockets that linger must not hold the measurement up
