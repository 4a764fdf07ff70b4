/**
 * Builds src/otlp/kernel with the AssemblyScript compiler into dist/src/otlp/kernel.wasm; does nothing when the
 * sources, the compiler and the flags are those of the last build.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sourceFolder = join(root, 'src/otlp/kernel')
const output = join(root, 'dist/src/otlp/kernel.wasm')
const stampFile = `${output}.stamp`

const FLAGS = [
  '-O3',
  '--noAssert',
  ...['--runtime', 'stub'],
  // the memory is the host's: whatever its size, the kernel never grows it
  '--importMemory',
  '--sharedMemory',
  ...['--initialMemory', '1'],
  ...['--maximumMemory', '65536'],
  ...['--enable', 'simd,threads,bulk-memory'],
  // bytes below 1024 stay unused, so that small positions can be fault codes
  ...['--memoryBase', '1024'],
]

buildKernel()

function buildKernel(): void {
  const require = createRequire(import.meta.url)
  const manifest = require.resolve('assemblyscript/package.json')
  const stamp = stampOf(String(require(manifest).version))
  if (existsSync(output) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  mkdirSync(dirname(output), { recursive: true })
  const compiler = join(dirname(manifest), 'bin/asc.js')
  const entry = join('src/otlp/kernel', 'index.ts')
  const partial = `${output}.${process.pid}.wasm`
  const done = spawnSync(process.execPath, [compiler, entry, ...FLAGS, '-o', partial], { cwd: root, stdio: 'inherit' })
  if (done.status !== 0) throw new Error(`the AssemblyScript compiler ended with ${done.status ?? done.signal}`)
  // at once: another process may be reading the old one
  renameSync(partial, output)
  writeFileSync(stampFile, stamp)
}

function stampOf(compilerVersion: string): string {
  const hash = createHash('sha256').update(compilerVersion).update(FLAGS.join(' '))
  for (const name of readdirSync(sourceFolder).sort()) hash.update(name).update(readFileSync(join(sourceFolder, name)))
  return hash.digest('hex')
}
