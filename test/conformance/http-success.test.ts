/** OTLP/HTTP when all is well: what is taken, and what exactly is answered. */
import { Agent } from 'node:http'
import { describe, expect, it } from 'vitest'
import { OTLP_OPTIONS } from '../../src/config/options-otlp.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { post } from '../bed/http-client.ts'
import { CONTENT_TYPES, EACH_WAY, emptyBody, meaningOf, namedItems, namesIn, usualBody } from './bed/bodies.ts'
import { curl } from './bed/curl.ts'
import { conformanceScene, HTTP_PATHS, JSON_TYPE, PROTOBUF } from './bed/scene.ts'
import { HttpSocket, head } from './bed/socket.ts'
import { partialOf } from './bed/status.ts'

const CONNECTIONS = 1000
const REQUESTS_ON_ONE_CONNECTION = 1000

describe('a usual request', () => {
  const scene = conformanceScene({ 'otlp.message.format': 'protobuf' })
  const url = (path: string) => `http://${scene.http}${path}`

  it.each(EACH_WAY)(
    '[C01 C52 C53 C54 C60 C62 C65 C66 H01] %s in %s: 200, an empty response in the same type, and the items in Kafka',
    async (signal, encoding) => {
      const before = (await scene.records(signal)).length
      const [answer] = await curl(url(HTTP_PATHS[signal]), {
        headers: [`Content-Type: ${CONTENT_TYPES[encoding]}`],
        body: usualBody(signal, encoding),
      })
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': CONTENT_TYPES[encoding] } })
      expect(answer!.body.toString()).toBe(encoding === 'json' ? '{}' : '')
      expect(partialOf(signal, answer!)).toBeUndefined()
      const records = (await scene.records(signal)).slice(before)
      expect(records.map(({ payload }) => meaningOf(signal, payload!))).toEqual([meaningOf(signal, usualBody(signal))])
    },
  )

  it.each(EACH_WAY)(
    '[C64 B065 H02] %s in %s: an empty request is a success and no record',
    async (signal, encoding) => {
      const before = (await scene.records(signal)).length
      const answer = await scene.post(signal, emptyBody(encoding), { 'content-type': CONTENT_TYPES[encoding] })
      expect([answer.status, answer.body.toString()]).toEqual([200, encoding === 'json' ? '{}' : ''])
      expect(await scene.records(signal)).toHaveLength(before)
    },
  )

  it.each([
    'application/x-protobuf; charset=utf-8',
    'APPLICATION/X-Protobuf',
    'application/x-protobuf;messageType="a;b"',
  ])('[C52] content type "%s" is protobuf', async (type) => {
    const answer = await scene.post('traces', usualBody('traces'), { 'content-type': type })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/x-protobuf'])
  })

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset=UTF-8'])(
    '[C53 B062] content type "%s" is JSON',
    async (type) => {
      const answer = await scene.post('traces', usualBody('traces', 'json'), { 'content-type': type })
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json'])
    },
  )

  it('[C54] /v1/profiles is no path', async () => {
    expect((await scene.post('/v1/profiles', usualBody('profiles'))).status).toBe(404)
  })

  it('[C79 B068] 1000 requests on one connection, one after the other', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number>()
    agent.on('free', (socket) => ports.add(socket.localPort))
    try {
      for (let request = 0; request < REQUESTS_ON_ONE_CONNECTION; request++) {
        const answer = await post(url('/v1/logs'), { headers: PROTOBUF, body: Buffer.alloc(0), agent })
        expect(answer.status).toBe(200)
      }
    } finally {
      agent.destroy()
    }
    expect(ports.size).toBe(1)
  })

  it('[C80] protobuf and JSON in turns on one connection, each answered in its own', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    try {
      for (const encoding of ['protobuf', 'json', 'protobuf', 'json'] as const) {
        const headers = encoding === 'json' ? JSON_TYPE : PROTOBUF
        const answer = await post(url('/v1/traces'), { headers, body: usualBody('traces', encoding), agent })
        expect([answer.status, answer.headers['content-type']]).toEqual([200, CONTENT_TYPES[encoding]])
      }
    } finally {
      agent.destroy()
    }
  })

  it('[C82] 1000 connections at once, each served', async () => {
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => HttpSocket.open(scene.http)))
    try {
      const empty = head('/v1/traces', ['host: x', 'content-type: application/x-protobuf', 'content-length: 0'])
      for (const socket of sockets) socket.write(empty)
      const answers = await Promise.all(sockets.map((socket) => socket.answers(1, 20_000)))
      expect(answers.filter(([answer]) => answer?.status !== 200)).toEqual([])
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })

  it('[C51] a client that first asks for HTTP/2 is served in HTTP/1.1', async () => {
    const answers = await curl(url('/v1/traces'), {
      headers: ['Content-Type: application/x-protobuf'],
      body: usualBody('traces'),
      args: ['--http2'],
    })
    expect(answers.at(-1)).toMatchObject({ status: 200, statusLine: expect.stringMatching(/^HTTP\/1\.1 /) })
  })

  it('[C78 B084] clients that leave before the answer: every item they sent is accounted for', async () => {
    const before = await scene.delivered('logs')
    const names = Array.from({ length: 50 }, (_, index) => `gone-${index}`)
    for (const name of names) {
      const body = namedItems('logs', [name])
      const socket = await HttpSocket.open(scene.http)
      const length = `content-length: ${body.length}`
      socket.write(
        Buffer.concat([
          Buffer.from(head('/v1/logs', ['host: x', 'content-type: application/x-protobuf', length])),
          body,
        ]),
      )
      socket.finish()
      socket.destroy()
    }
    // Whether one was read before its connection went is open; what was read must be in Kafka, whole and once.
    await scene.quiescent()
    const arrived = namesIn('logs', await scene.records('logs')).filter((name) => name.startsWith('gone-'))
    expect(arrived).toHaveLength((await scene.delivered('logs')) - before)
    expect(new Set(arrived).size).toBe(arrived.length)
  })
})

describe('paths of one’s own', () => {
  const paths = { traces: '/otlp/t', metrics: '/otlp/m', logs: '/logs', profiles: '/p' }
  const config = Object.fromEntries(SIGNALS.map((signal) => [`otlp.http.path.${signal}`, paths[signal]]))
  const scene = conformanceScene(config, { expectsGoodAnswers: false })

  it.each(SIGNALS)('[C55] %s are taken at the configured path and not at the default', async (signal) => {
    expect((await scene.post(paths[signal], usualBody(signal))).status).toBe(200)
    expect((await scene.post(HTTP_PATHS[signal], usualBody(signal))).status).toBe(404)
  })
})

describe('the port', () => {
  it('[C83] is 4318 unless it is configured', () => {
    expect(OTLP_OPTIONS['otlp.http.port'].default).toBe(4318)
  })
})
