/** Runs one client to its end; a client that was told of a failure is an error here. */
import { spawn } from 'node:child_process'

const SEND_DEADLINE_MS = 40_000

export interface Command {
  command: string[]
  input?: Buffer
  environment?: Record<string, string>
}

/** To what it printed on standard output. */
export function send({ command: [file, ...args], input, environment = {} }: Command): Promise<Buffer> {
  const env = { ...process.env, ...environment }
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: SEND_DEADLINE_MS })
  const output: Buffer[] = []
  let complaint = ''
  child.stdout.on('data', (chunk) => output.push(chunk))
  child.stderr.on('data', (text) => (complaint += text))
  child.stdin.on('error', () => {}) // it ended early; its exit code says why
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output))
      else reject(new Error(`${file} ${args.join(' ')} ended with ${signal ?? code}: ${complaint.slice(-3000)}`))
    })
  })
}
