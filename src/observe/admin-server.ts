/** A small HTTP server for pages that are made on demand: GET and HEAD, exact paths, every wait bounded. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Page {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** By path. */
export type Pages = Readonly<Record<string, () => Page>>

const REQUEST_TIMEOUT_MS = 2000
const IDLE_TIMEOUT_MS = 15_000
const CONNECTIONS_MAX = 64
/** Node looks for expired requests at this interval. */
const TIMEOUT_LOOK_INTERVAL_MS = 1000
const TEXT = 'text/plain; charset=utf-8'

/** @param port 0 = any free port; @returns the listening server; rejects when the port cannot be opened */
export function listen(host: string, port: number, pages: Pages): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_LOOK_INTERVAL_MS,
    },
    (request, response) => answer(pages, request, response),
  )
  server.maxConnections = CONNECTIONS_MAX
  server.timeout = IDLE_TIMEOUT_MS
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  const { status, contentType, body } = pageFor(pages, request)
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function pageFor(pages: Pages, { method, url = '/' }: IncomingMessage): Page {
  const path = url.split('?', 1)[0]!
  if (!Object.hasOwn(pages, path)) return { status: 404, contentType: TEXT, body: 'Not found\n' }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, contentType: TEXT, body: 'Use GET\n' }
  return pages[path]!()
}
