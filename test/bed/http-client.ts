import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface HttpPost {
  readonly method?: string
  readonly headers?: Record<string, string | number>
  readonly body?: Buffer | string
  /** Sent instead of body, each as a chunk of its own: chunked unless the headers name a length. */
  readonly chunks?: readonly Buffer[]
  readonly agent?: Agent
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' }

/** One request on a connection of its own, unless an agent is given. */
export async function post(url: string, options: HttpPost = {}): Promise<HttpAnswer> {
  const { method = 'POST', headers = PROTOBUF, body, chunks, agent = new Agent() } = options
  const outgoing = request(url, { method, headers, agent })
  for (const chunk of chunks ?? []) outgoing.write(chunk)
  outgoing.end(body)
  return read(((await once(outgoing, 'response')) as [IncomingMessage])[0])
}

export async function read(response: IncomingMessage): Promise<HttpAnswer> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }
}
