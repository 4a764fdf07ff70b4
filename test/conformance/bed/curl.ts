/** curl, as operators use it to try a receiver: a client that shares nothing with Node's. */
import { execFile } from 'node:child_process'
import { parseAnswers, type SocketAnswer } from './socket.ts'

export interface CurlOptions {
  readonly method?: string
  readonly headers?: readonly string[]
  readonly body?: Buffer
  /** Further options as curl has them. */
  readonly args?: readonly string[]
}

const DEADLINE_SECONDS = 30
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024

/** Every answer curl was given, interim ones included; rejects when curl ends with an error. */
export function curl(
  url: string,
  { method, headers = [], body, args = [] }: CurlOptions = {},
): Promise<SocketAnswer[]> {
  const options = ['-sS', '-i', '--max-time', String(DEADLINE_SECONDS), ...args]
  if (method !== undefined) options.push('-X', method)
  if (body !== undefined) options.push('--data-binary', '@-')
  for (const header of headers) options.push('-H', header)
  return new Promise((resolve, reject) => {
    const child = execFile(
      'curl',
      [...options, url],
      { encoding: 'buffer', maxBuffer: OUTPUT_BYTES_MAX },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`curl: ${stderr.toString() || error.message}`))
        else resolve(parseAnswers(stdout, true))
      },
    )
    // A server that answers and closes before it has read all is the test's business, not an error of the pipe.
    child.stdin!.on('error', () => {})
    child.stdin!.end(body)
  })
}
