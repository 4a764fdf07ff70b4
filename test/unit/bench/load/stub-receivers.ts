/** Receivers that answer as told: what a load generator can meet, without an engine. */
import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'

export interface StubReceiver {
  readonly url: string
  readonly requestCount: number
  stop(): Promise<void>
}

/** @param answer called when the whole body was read; may never answer */
export async function stubHttp(answer: RequestListener): Promise<StubReceiver> {
  let requestCount = 0
  const server = createServer((request, response) => {
    request.on('end', () => {
      requestCount++
      answer(request, response)
    })
    request.on('error', () => {})
    request.resume()
  })
  const url = await listen(server)
  return {
    url,
    get requestCount() {
      return requestCount
    },
    stop: () => {
      const closed = closing(server)
      server.closeAllConnections()
      return closed
    },
  }
}

/** @param answer called with a stream whose body was read */
export async function stubGrpc(answer: (stream: ServerHttp2Stream) => void): Promise<StubReceiver> {
  let requestCount = 0
  const sessions = new Set<ServerHttp2Session>()
  const server = createHttp2Server()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream) => {
    stream.on('end', () => {
      requestCount++
      answer(stream)
    })
    stream.on('error', () => {})
    stream.resume()
  })
  const url = await listen(server)
  return {
    url,
    get requestCount() {
      return requestCount
    },
    stop: () => {
      const closed = closing(server)
      for (const session of sessions) session.destroy()
      return closed
    },
  }
}

/** As a gRPC server ends a call: a message of `answerBytes` zero bytes when the status is OK, then the status. */
export function grpcAnswer(stream: ServerHttp2Stream, grpcStatus: number, answerBytes = 0): void {
  const trailers = { 'grpc-status': String(grpcStatus) }
  const headers = { ':status': 200, 'content-type': 'application/grpc' }
  if (grpcStatus !== 0) {
    stream.respond({ ...headers, ...trailers }, { endStream: true })
    return
  }
  stream.respond(headers, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  const message = Buffer.alloc(5 + answerBytes)
  message.writeUInt32BE(answerBytes, 1)
  stream.end(message)
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function closing(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
