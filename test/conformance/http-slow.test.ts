/**
 * Clients that are slow, silent or deaf. The limits are those of uWebSockets.js, about ten seconds each, so every case waits
 * for its own while the others wait for theirs.
 */
import { readdir } from 'node:fs/promises'
import { setInterval as every } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { namedItems, namesIn } from './bed/bodies.ts'
import { conformanceScene } from './bed/scene.ts'
import { HttpSocket, head } from './bed/socket.ts'

const PATH = '/v1/logs'
const USUAL = ['host: x', 'content-type: application/x-protobuf']
/** uWebSockets.js closes after 10 s and looks every 4 s. */
const CLOSED_DEADLINE_MS = 25_000
const IDLE_CONNECTIONS = 9000
const SLOW_BODY_MS = 14_000
const TICK_MS = 500

const scene = conformanceScene()

afterAll(async () => {
  const names = namesIn('logs', await scene.records('logs'))
  expect(names.filter((name) => name === 'smuggled' || name === 'too-slow')).toEqual([])
})

/** Writes a piece each half second until the pieces or the connection end. */
async function writeSlowly(socket: HttpSocket, pieces: Iterable<Buffer | string>): Promise<void> {
  const rest = pieces[Symbol.iterator]()
  for await (const _ of every(TICK_MS)) {
    const { value, done } = rest.next()
    if (done === true || socket.isClosed) return
    socket.write(value)
  }
}

/** Equal pieces, as many as fall into that time at that rate. */
function* piecesOf(body: Buffer, bytesPerSecond: number): Generator<Buffer> {
  const pieceBytes = Math.max(1, Math.round((bytesPerSecond * TICK_MS) / 1000))
  for (let start = 0; start < body.length; start += pieceBytes) yield body.subarray(start, start + pieceBytes)
}

async function postSlowly(body: Buffer, bytesPerSecond: number): Promise<HttpSocket> {
  const socket = await HttpSocket.open(scene.http)
  socket.write(head(PATH, [...USUAL, `content-length: ${body.length}`]))
  await writeSlowly(socket, piecesOf(body, bytesPerSecond))
  return socket
}

async function descriptorCount(): Promise<number> {
  return (await readdir(`/proc/${scene.engine.pid}/fd`)).length
}

describe.concurrent('the connection is closed', () => {
  const smuggled = namedItems('logs', ['smuggled'])
  const hidden = `${head(PATH, [...USUAL, `content-length: ${smuggled.length}`])}${smuggled.toString('latin1')}`

  it.each([
    ['nothing at all', ''],
    ['half a request line', 'POST /v1'],
    ['half a header', `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-ty`],
    ['the headers and no body', head(PATH, [...USUAL, 'content-length: 10'])],
    ['the size of a chunk and no chunk', `${head(PATH, [...USUAL, 'transfer-encoding: chunked'])}A\r\n`],
    ['a Redis command', '*1\r\n$4\r\nPING\r\n'],
    ['HTTP/0.9', `GET ${PATH}\r\n\r\n`],
  ])('[B080 B082 B066] after %s and then silence', async (_what, bytes) => {
    const socket = await HttpSocket.open(scene.http)
    socket.write(bytes)
    await socket.closed(CLOSED_DEADLINE_MS)
  })

  it('[B080] on headers of two bytes a second, after a whole request line', async () => {
    const socket = await HttpSocket.open(scene.http)
    socket.write(`POST ${PATH} HTTP/1.1\r\n`)
    await writeSlowly(socket, 'x: '.padEnd((2 * CLOSED_DEADLINE_MS) / TICK_MS, 'a'))
    await socket.closed(1)
  })

  it('[B080] on a request line in pieces, where the parser minds', async () => {
    const socket = await HttpSocket.open(scene.http)
    await writeSlowly(socket, head(PATH, [...USUAL, 'content-length: 0']).match(/.{1,6}/gs)!)
    await socket.closed(CLOSED_DEADLINE_MS)
    const answers = await socket.answers(0)
    // Pieces that reach a busy engine together are one piece.
    expect(answers.filter(({ status }) => status !== 505 && status !== 200)).toEqual([])
  })

  it.each([
    ['NUL', 'x: a\0b'],
    ['CR alone', `x: a\rcontent-type: application/json`],
    ['LF alone', 'x: a\ncontent-type: application/json'],
    ['a folded line', 'x: a\r\n content-type: application/json'],
    ['a blank before the colon', 'x : a'],
    ['a name that is not ASCII', 'x\xe9: a'],
  ])('[B070] after a header with %s, and what follows is no request', async (_what, line) => {
    const socket = await HttpSocket.open(scene.http)
    socket.write(`${head(PATH, [...USUAL, line, 'content-length: 0'])}${hidden}`)
    await socket.closed(CLOSED_DEADLINE_MS)
    const answers = await socket.answers(0)
    expect(answers.filter(({ status }) => status !== 400)).toEqual([])
  })

  it.each([
    ['of one byte', '1;name=value\r\n\n\r\n0\r\n\r\n'],
    ['with all', `${smuggled.length.toString(16)};name=value\r\n${smuggled.toString('latin1')}\r\n0\r\n\r\n`],
    ['that is the last', '0;name=value\r\n\r\n'],
  ])('[B064] on a chunk %s that has an extension, and it is no record', async (_what, bytes) => {
    const socket = await HttpSocket.open(scene.http)
    socket.write(`${head(PATH, [...USUAL, 'transfer-encoding: chunked'])}${bytes}`)
    await socket.closed(CLOSED_DEADLINE_MS)
    const answers = await socket.answers(0)
    expect(answers.filter(({ status }) => status < 400)).toEqual([])
  })

  it.each([1, 12_000])('[B082] on a body of %i bytes a second, and it is no record', async (bytesPerSecond) => {
    const body = namedItems('logs', ['too-slow', 'x'.repeat(400_000)])
    const socket = await postSlowly(body, bytesPerSecond)
    await socket.closed(CLOSED_DEADLINE_MS)
  })

  it('[B086] on a client that sends and never reads', async () => {
    const socket = await HttpSocket.open(scene.http)
    socket.pause()
    const burst = Buffer.from(head('/nothing', [...USUAL, 'content-length: 0']).repeat(20_000))
    for (let sent = 0; sent < 20; sent++) socket.write(burst)
    await writeSlowly(
      socket,
      Array.from({ length: (2 * CLOSED_DEADLINE_MS) / TICK_MS }, () => head('/nothing', USUAL)),
    )
    await socket.closed(CLOSED_DEADLINE_MS)
  })
})

describe.concurrent('what is slow and moves is taken', () => {
  it('[B082] a body of 20 kB a second', async () => {
    const body = namedItems('logs', ['slow', 'x'.repeat((20_000 * SLOW_BODY_MS) / 1000)])
    const socket = await postSlowly(body, 20_000)
    expect(await socket.answers()).toMatchObject([{ status: 200 }])
    socket.destroy()
  })
})

describe.concurrent('thousands of idle connections', () => {
  it('[B088] are reaped, and their descriptors come back', async () => {
    const before = await descriptorCount()
    const sockets = await Promise.all(Array.from({ length: IDLE_CONNECTIONS }, () => HttpSocket.open(scene.http)))
    const accepted = async () => (await descriptorCount()) > IDLE_CONNECTIONS
    await waitUntil(accepted, { deadlineMs: 8000, pollMs: 20, what: 'every connection is accepted' })
    const closed = () => sockets.every(({ isClosed }) => isClosed)
    await waitUntil(closed, { deadlineMs: CLOSED_DEADLINE_MS, pollMs: 100, what: 'every idle connection is closed' })
    // The other cases have their own, few.
    const back = async () => (await descriptorCount()) <= before + 50
    await waitUntil(back, { deadlineMs: 10_000, pollMs: 100, what: 'the descriptors are back' })
  })
})
