/**
 * npm run build: the kernel (AssemblyScript to WebAssembly) and src/ (TypeScript to dist/src), each only when its sources
 * changed; what was compiled from a source that is gone is removed. Scripts, benches and tests are not compiled: Node
 * strips their types.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeStale } from './build/remove-stale.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function run(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

run('--experimental-strip-types', '--no-warnings', 'scripts/build-kernel.ts')
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
removeStale(join(root, 'src'), join(root, 'dist/src'))
