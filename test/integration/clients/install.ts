/**
 * Installs the clients under .cache/clients, once for each version of their own files. None of them is a dependency of the
 * product: its lockfile stays small.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../../.cache/clients', import.meta.url))
export const INSTALL_DEADLINE_MS = 420_000
const TELEMETRYGEN = 'github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@v0.161.0'
const GRPCURL = 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4'

/** The folder with send.mjs and its node_modules. */
export async function nodeClient(): Promise<string> {
  const files = ['package.json', 'package-lock.json', 'send.mjs'].map((file) => join(here, 'node', file))
  return installed('node', await hashOf(files), async (folder) => {
    for (const file of files) await cp(file, join(folder, file.slice(join(here, 'node').length + 1)))
    const npm = join(dirname(dirname(process.execPath)), 'lib/node_modules/npm/bin/npm-cli.js')
    const command = existsSync(npm) ? [process.execPath, npm] : ['npm']
    await run([...command, 'ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'], folder)
  })
}

/** A folder for PYTHONPATH. */
export async function pythonClient(): Promise<string> {
  const requirements = join(here, 'python', 'requirements.txt')
  return installed('python', await hashOf([requirements]), (folder) =>
    run(['python3', '-m', 'pip', 'install', '--quiet', '--target', folder, '-r', requirements], folder),
  )
}

/** The same for test/corpus/python_oracle.py: the protobuf runtime alone, at a version of its own. */
export async function pythonOracle(): Promise<string> {
  const requirements = fileURLToPath(new URL('../../corpus/requirements.txt', import.meta.url))
  return installed('oracle', await hashOf([requirements]), (folder) =>
    run(['python3', '-m', 'pip', 'install', '--quiet', '--target', folder, '-r', requirements], folder),
  )
}

/** The program's path. Its modules come through the module proxy, checked against go.sum. */
export async function goClient(): Promise<string> {
  const source = join(here, 'go')
  const files = ['go.mod', 'go.sum', 'send.go'].map((file) => join(source, file))
  const folder = await installed('go', await hashOf(files), (bin) =>
    run(['go', 'build', '-C', source, '-o', join(bin, 'send'), '.'], bin),
  )
  return join(folder, 'send')
}

/** The folder with the jars and the class Send. */
export async function javaClient(): Promise<string> {
  const source = join(here, 'java')
  return installed('java', await hashOf(['pom.xml', 'Send.java'].map((file) => join(source, file))), async (folder) => {
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime']
    await run(['mvn', '-q', '-B', '-f', join(source, 'pom.xml'), ...copy], folder)
    await run(['javac', '-encoding', 'UTF-8', '-cp', `${folder}/*`, '-d', folder, join(source, 'Send.java')], folder)
  })
}

/** The program's path. Needs a Go newer than Debian's package. */
export function telemetrygen(): Promise<string> {
  return goProgram('telemetrygen', TELEMETRYGEN)
}

/** The program's path. */
export function grpcurl(): Promise<string> {
  return goProgram('grpcurl', GRPCURL)
}

async function goProgram(name: string, source: string): Promise<string> {
  const key = createHash('sha256').update(source).digest('hex')
  const folder = await installed(name, key, (bin) => run(['go', 'install', source], bin, { GOBIN: bin }))
  return join(folder, name)
}

async function hashOf(paths: string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(await readFile(path))
  return hash.digest('hex')
}

/** The key is written last: an interrupted installation is done again. */
async function installed(name: string, key: string, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name)
  const stamp = join(cache, `${name}.stamp`)
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === key) return folder
  process.stderr.write(`clients: installing ${name}\n`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await install(folder)
  await writeFile(stamp, key)
  return folder
}

function run([file, ...args]: string[], cwd: string, environment: Record<string, string> = {}): Promise<void> {
  const env = { ...process.env, ...environment }
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_DEADLINE_MS })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${file} ${args.join(' ')} failed (${signal ?? code}): ${output.slice(-2000)}`))
    })
  })
}
