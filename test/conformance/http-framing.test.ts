/**
 * HTTP/1.1 as broken and hostile clients speak it, byte by byte. Whatever is refused, nothing of it may be taken for a
 * request: each case carries a request with a name of its own, and that name must not be in Kafka.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { namedItems, namesIn } from './bed/bodies.ts'
import { curl } from './bed/curl.ts'
import { expectFault } from './bed/faults.ts'
import { conformanceScene } from './bed/scene.ts'
import { ask, HttpSocket, head, type SocketAnswer } from './bed/socket.ts'

const PATH = '/v1/logs'
const USUAL = ['host: x', 'content-type: application/x-protobuf']
/** uWebSockets.js answers what its parser refuses by itself. */
const PARSER_PAGE = /^<h1>/

const scene = conformanceScene()
const smuggled = namedItems('logs', ['smuggled'])
const hidden = `${head(PATH, [...USUAL, `content-length: ${smuggled.length}`])}${smuggled.toString('latin1')}`

afterAll(async () => {
  expect(namesIn('logs', await scene.records('logs'))).not.toContain('smuggled')
})

/** Sends on a connection of its own; the answers when the server has closed it. */
async function refused(bytes: string): Promise<SocketAnswer[]> {
  const socket = await HttpSocket.open(scene.http)
  socket.write(bytes)
  await socket.closed()
  return socket.answers(0)
}

/**
 * That status and the end of the connection. With a further request behind it in the same packet the answer may be lost with
 * the connection, and that further request must be lost, too.
 */
async function expectRefused(bytes: string, status: number): Promise<void> {
  expect(await refused(bytes)).toMatchObject([{ status }])
  const answers = await refused(bytes + hidden)
  expect(answers.filter((answer) => answer.status !== status)).toEqual([])
}

function chunked(body: Buffer, tail = '0\r\n\r\n'): string {
  return `${body.length.toString(16)}\r\n${body.toString('latin1')}\r\n${tail}`
}

function chunkedHead(...more: string[]): string {
  return head(PATH, [...USUAL, 'transfer-encoding: chunked', ...more])
}

async function expectTaken(bytes: string, name: string): Promise<void> {
  expect(await ask(scene.http, bytes)).toMatchObject([{ status: 200 }])
  expect(namesIn('logs', await scene.records('logs')).filter((found) => found === name)).toHaveLength(1)
}

describe('the length of a body', () => {
  it.each([
    ['negative', '-1'],
    ['with an exponent', '1e3'],
    ['hexadecimal', '0x10'],
    ['2^64', '18446744073709551616'],
    ['a list', '5, 5'],
  ])('[B063] %s is 400 and the end of the connection', async (_what, length) => {
    const bytes = head(PATH, [...USUAL, `content-length: ${length}`])
    await expectRefused(bytes, 400)
  })

  it.each([
    ['different', '5'],
    ['the same', '0'],
  ])('[B063] given twice, %s, is 400 and the end of the connection', async (_what, second) => {
    const bytes = head(PATH, [...USUAL, 'content-length: 0', `content-length: ${second}`])
    await expectRefused(bytes, 400)
  })

  it('[B063] too small: what follows is no part of it, and ends the connection when it is no request', async () => {
    const answers = await refused(`${head(PATH, [...USUAL, 'content-length: 0'])}garbage garbage\r\n\r\n`)
    expect(answers.at(-1)).toMatchObject({ status: 505 })
  })

  it('[B063 B084] too large: a client that ends before it is no request', async () => {
    const before = await scene.delivered('logs')
    const socket = await HttpSocket.open(scene.http)
    socket.write(`${head(PATH, [...USUAL, `content-length: ${smuggled.length + 1}`])}${smuggled.toString('latin1')}`)
    socket.finish()
    await socket.closed()
    expect(await scene.delivered('logs')).toBe(before)
  })
})

describe('chunks', () => {
  it('[B064] of any size are one body', async () => {
    const body = namedItems('logs', ['in-chunks'])
    const chunks = Array.from(body, (byte) => `1\r\n${String.fromCharCode(byte)}\r\n`)
    await expectTaken(`${chunkedHead()}${chunks.join('')}0\r\n\r\n`, 'in-chunks')
  })

  it.each([
    ['no number', 'zz\r\n'],
    ['negative', '-1\r\n'],
    ['of 17 digits', 'FFFFFFFFFFFFFFFFF\r\n'],
  ])('[B064] whose size is %s are 400 and the end of the connection', async (_what, size) => {
    await expectRefused(`${chunkedHead()}${size}`, 400)
  })

  it('[B064] beside a length are 400 and the end of the connection', async () => {
    const bytes = `${chunkedHead('content-length: 5')}0\r\n\r\n`
    await expectRefused(bytes, 400)
  })

  it.each(['chunked, gzip', 'gzip, chunked', 'identity', 'xchunked', 'chunked, chunked'])(
    '[B064] a transfer coding "%s" is 400 and the end of the connection',
    async (coding) => {
      const bytes = `${head(PATH, [...USUAL, `transfer-encoding: ${coding}`])}${chunked(smuggled)}`
      await expectRefused(bytes, 400)
    },
  )

  it('[B064] followed by trailers: refused, and the trailers are no request', async () => {
    const bytes = `${chunkedHead()}${chunked(namedItems('logs', ['with-trailers']), '0\r\nx: y\r\n\r\n')}`
    const answers = await refused(bytes)
    expect(answers.map(({ status }) => status)).toEqual([505])
  })
})

describe('other languages', () => {
  it.each([
    ['HTTP/1.0', `POST ${PATH} HTTP/1.0\r\nhost: x\r\n\r\n`],
    ['HTTP/3.0', `POST ${PATH} HTTP/3.0\r\nhost: x\r\n\r\n`],
    ['HTTP/2, or gRPC', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', Buffer.from(`16030100c8010000c40303${'00'.repeat(100)}`, 'hex').toString('latin1')],
    ['SMTP', 'EHLO example.com\r\n'],
  ])('[B066 C77] %s is 505 and the end of the connection', async (_what, bytes) => {
    expect(await refused(bytes)).toMatchObject([{ status: 505 }])
  })

  it.each([
    ['OPTIONS *', 'OPTIONS', '*'],
    ['CONNECT', 'CONNECT', 'example.com:80'],
  ])('[B060 C77] %s is 505 and the end of the connection', async (_what, method, target) => {
    expect(await refused(head(target, USUAL, method))).toMatchObject([{ status: 505 }])
  })

  it('[C69] what the parser refuses by itself has a page of its own instead of a Status, and closes', async () => {
    for (const bytes of [
      head(PATH, ['content-length: 0']),
      `GET / HTTP/1.0\r\n\r\n`,
      head(`/${'a'.repeat(65_536)}`, USUAL),
    ]) {
      const [answer] = await refused(bytes)
      expect([400, 431, 505]).toContain(answer!.status)
      expect(answer!.body.toString()).toMatch(PARSER_PAGE)
      expect(answer!.headers.connection).toBe('close')
    }
  })
})

describe('the head of a request', () => {
  it.each([4000, 4100, 6000])('[B076] a header of %i bytes passes', async (bytes) => {
    const lines = [...USUAL, `authorization: Bearer ${'a'.repeat(bytes)}`, 'content-length: 0']
    expect(await ask(scene.http, head(PATH, lines))).toMatchObject([{ status: 200 }])
  })

  it.each([65_536, 1_048_576])(
    '[B076 C77] a header of %i bytes is 431 and the end of the connection',
    async (bytes) => {
      const lines = [...USUAL, `x: ${'a'.repeat(bytes)}`, 'content-length: 0']
      expect((await refused(head(PATH, lines)))[0]).toMatchObject({ status: 431 })
    },
  )

  it.each([99, 101, 300])('[B074 C77] %i headers are 431 and the end of the connection', async (count) => {
    const more = Array.from({ length: count - USUAL.length - 1 }, (_, index) => `x-${index}: y`)
    expect(await refused(head(PATH, [...USUAL, ...more, 'content-length: 0']))).toMatchObject([{ status: 431 }])
  })

  it('[B074] 98 headers are taken', async () => {
    const more = Array.from({ length: 98 - USUAL.length - 1 }, (_, index) => `x-${index}: y`)
    expect(await ask(scene.http, head(PATH, [...USUAL, ...more, 'content-length: 0']))).toMatchObject([{ status: 200 }])
  })

  it.each([
    ['no Host', ['content-type: application/x-protobuf']],
    ['two Hosts', ['host: x', 'host: y', 'content-type: application/x-protobuf']],
  ])('[B078] with %s is 400 and the end of the connection', async (_what, lines) => {
    await expectRefused(head(PATH, [...lines, 'content-length: 0']), 400)
  })

  it('[B061 C77] a path of 64 kB is 431 and the end of the connection', async () => {
    expect((await refused(head(`/${'a'.repeat(65_536)}`, USUAL)))[0]).toMatchObject({ status: 431 })
  })

  it('[B061] a target in absolute form is refused', async () => {
    expect(await refused(head(`http://x${PATH}`, [...USUAL, 'content-length: 0']))).toMatchObject([{ status: 505 }])
  })
})

describe('a connection', () => {
  it('[B068] is closed after the answer when the client asks for it', async () => {
    const socket = await HttpSocket.open(scene.http)
    socket.write(head(PATH, [...USUAL, 'content-length: 0', 'connection: close']))
    await socket.closed()
    expect(await socket.answers()).toMatchObject([{ status: 200 }])
  })

  it.each(['websocket', 'h2c', 'TLS/1.0'])(
    '[B068 C51] an upgrade to %s is not made, and the request is served',
    async (to) => {
      const lines = [...USUAL, 'content-length: 0', 'connection: upgrade', `upgrade: ${to}`, 'http2-settings: AAMAAABk']
      expect(await ask(scene.http, head(PATH, lines))).toMatchObject([{ status: 200 }])
    },
  )

  it('[B067] pipelined requests: answered in order, or the connection ends; nothing is mixed up', async () => {
    const names = ['pipelined-a', 'pipelined-b', 'pipelined-c']
    const bytes = names.map((name) => {
      const body = namedItems('logs', [name])
      return `${head(PATH, [...USUAL, `content-length: ${body.length}`])}${body.toString('latin1')}`
    })
    const bad = head(PATH, ['host: x', 'content-type: application/json', 'content-length: 1'])
    const socket = await HttpSocket.open(scene.http)
    socket.write(`${bytes.join('')}${bad}[`)
    const answers = await socket.answers(4)
    socket.destroy()
    expect([200, 200, 200, 400].slice(0, answers.length)).toEqual(answers.map(({ status }) => status))
    await scene.quiescent()
    const found = namesIn('logs', await scene.records('logs')).filter((name) => name.startsWith('pipelined-'))
    expect(found).toEqual(names.slice(0, found.length))
    expect(found.length).toBeGreaterThanOrEqual(answers.length - 1)
  })

  it('[B069] Expect: 100-continue is answered before the body', async () => {
    const socket = await HttpSocket.open(scene.http)
    const body = namedItems('logs', ['expected'])
    socket.write(head(PATH, [...USUAL, `content-length: ${body.length}`, 'expect: 100-continue']))
    expect(await socket.answers(1)).toMatchObject([{ status: 100 }])
    socket.write(body)
    expect(await socket.answers(2)).toMatchObject([{ status: 100 }, { status: 200 }])
    socket.destroy()
  })

  it('[B069 C59] Expect: 100-continue with too large a length is 413 without the body', async () => {
    const socket = await HttpSocket.open(scene.http)
    socket.write(head(PATH, [...USUAL, 'content-length: 1000000000', 'expect: 100-continue']))
    const answers = await socket.answers(2)
    socket.destroy()
    expect(answers.map(({ status }) => status)).toEqual([100, 413])
    expectFault(answers.at(-1)!, { status: 413, encoding: 'protobuf' })
  })

  it('[B069] curl, which asks for a go-ahead above 1 MB, is served', async () => {
    const args = ['-H', 'Expect: 100-continue']
    const body = namedItems('logs', ['x'.repeat(300_000)])
    const headers = ['Content-Type: application/x-protobuf']
    const answers = await curl(`http://${scene.http}${PATH}`, { headers, body, args })
    expect(answers.at(-1)).toMatchObject({ status: 200 })
  })

  it.each([
    ['after the headers', 0],
    ['inside the body', 10],
  ])('[B084] that the client ends %s leaves no record', async (_what, bytes) => {
    const before = await scene.delivered('logs')
    const sockets = await Promise.all(Array.from({ length: 50 }, () => HttpSocket.open(scene.http)))
    for (const socket of sockets) {
      socket.write(head(PATH, [...USUAL, `content-length: ${smuggled.length}`]))
      socket.write(smuggled.subarray(0, bytes))
    }
    const refusedBefore = (await scene.engine.metrics()).sum('sluice_received_items_total', { signal: 'logs' })
    for (const socket of sockets) socket.destroy()
    await scene.quiescent()
    expect(await scene.delivered('logs')).toBe(before)
    expect((await scene.engine.metrics()).sum('sluice_received_items_total', { signal: 'logs' })).toBe(refusedBefore)
  })
})

describe('cross-origin requests', () => {
  it('[B090 B060] are off: a preflight is 405 and no header allows an origin', async () => {
    const lines = ['host: x', 'origin: https://app.example.com', 'access-control-request-method: POST']
    const [answer] = await ask(scene.http, head(PATH, lines, 'OPTIONS'))
    expectFault(answer!, { status: 405, encoding: 'protobuf' })
    const [post] = await ask(scene.http, head(PATH, [...USUAL, 'origin: https://app.example.com', 'content-length: 0']))
    for (const { headers } of [answer!, post!]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})
