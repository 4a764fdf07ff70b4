export const USAGE = `Usage: sluice COMMAND [FLAGS]

  run      [-c FILE]... [--set KEY=VALUE]... [--embedded-broker]
           runs the engine in the foreground until SIGTERM or SIGINT
  check    [-c FILE]... [--set KEY=VALUE]... [--embedded-broker]
           validates the configuration, connects to Kafka, prints each effective value with where it came from
  options  [--markdown]
           prints every option: key, type, default, meaning

  --version, --help

Files are Kafka Connect JSON or .properties. Order: default < file < environment < --set.
Exit codes: 0 clean, 1 could not start, 2 usage, 3 stopped with undelivered items, 4 internal fault.
`

/** The exit codes that a script may rely on. */
export const EXIT = { CLEAN: 0, COULD_NOT_START: 1, USAGE: 2, UNDELIVERED: 3, INTERNAL_FAULT: 4 } as const

/** The command line itself is wrong; ends the process with EXIT.USAGE and the usage text. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
