import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { RunningEngine } from './engine.ts'

const SCRIPT = fileURLToPath(new URL('mortal-engine.ts', import.meta.url))
const READY_DEADLINE_MS = 60_000
const SETTINGS = { 'otlp.grpc.port': '0', 'otlp.http.port': '0', 'metrics.port': '-1', 'health.port': '-1' }

/** Starts mortal-engine.ts. @returns the engine, and how to end the thread of a serializer */
export async function startMortalEngine(config: Readonly<Record<string, string>>) {
  const settings = Object.entries({ ...SETTINGS, ...config }).map(([key, value]) => `${key}=${value}`)
  const args = ['--experimental-strip-types', '--no-warnings', SCRIPT, ...settings]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const engine = new RunningEngine(child)
  try {
    await engine.ready(READY_DEADLINE_MS)
  } catch (error) {
    await engine.kill()
    throw error
  }
  return { engine, killSerializer: (index: number): void => void child.stdin.write(`kill ${index}\n`) }
}
