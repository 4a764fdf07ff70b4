/**
 * Exit code 0 when node_modules already holds what package-lock.json says (npm writes what it installed into
 * node_modules/.package-lock.json). Saves the reinstall after `npm install` of a package by hand.
 */
import { readFileSync } from 'node:fs'

interface LockEntry {
  version?: string
  integrity?: string
  optional?: boolean
  devOptional?: boolean
  peer?: boolean
}

function packagesOf(path: string): Record<string, LockEntry> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return {}
  }
}

const wanted = packagesOf('package-lock.json')
const installed = packagesOf('node_modules/.package-lock.json')

/** Packages for other platforms stand in the lockfile as optional and are not installed. */
function matches(path: string): boolean {
  const entry = wanted[path]
  const found = installed[path]
  if (!found) return entry.optional === true
  return found.version === entry.version && found.integrity === entry.integrity
}

const paths = Object.keys(wanted).filter((path) => path !== '')
const complete = paths.length > 0 && paths.every(matches) && Object.keys(installed).every((path) => path in wanted)
process.exitCode = complete ? 0 : 1
