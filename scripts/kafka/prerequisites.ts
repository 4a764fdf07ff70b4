/**
 * Debian packages that the test bed needs. Installed when missing, as root with apt-get; anywhere else one line says what
 * to install. The product itself needs none of them.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const INSTALL_DEADLINE_MS = 300_000

export const DEBIAN_PACKAGES = {
  java: 'openjdk-17-jre-headless',
  mvn: 'maven',
  kcat: 'kcat',
  curl: 'curl',
} as const

export type Tool = keyof typeof DEBIAN_PACKAGES

export function hasCommand(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Throws, naming the packages, when one is missing and could not be installed. */
export function requireTools(...tools: Tool[]): void {
  const missing = tools.filter((tool) => !hasCommand(tool))
  if (missing.length === 0) return
  const packages = missing.map((tool) => DEBIAN_PACKAGES[tool])
  process.stderr.write(`test bed: installing ${packages.join(' ')}\n`)
  const installed = apt('install', '-y', '-qq', '--no-install-recommends', ...packages)
  if (!installed && apt('update', '-qq')) apt('install', '-y', '-qq', '--no-install-recommends', ...packages)
  const still = missing.filter((tool) => !hasCommand(tool))
  if (still.length > 0)
    throw new Error(`missing: ${still.join(', ')}; install with apt-get install ${packages.join(' ')}`)
}

function apt(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: INSTALL_DEADLINE_MS }).status === 0
}
