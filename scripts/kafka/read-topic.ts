/**
 * Reads a topic back with kcat: a client that shares no code with the product's tests' own wire client nor its build of
 * librdkafka. Binary-safe: lengths stand before key and payload.
 *
 * What kcat prints per record (its -f format, same order as the reader below):
 *
 *   partition SP offset SP timestamp SP keyLength SP payloadLength LF   key payload headers MARK
 *
 * A null key or payload has length -1. kcat gives headers no length: they end at MARK, random per call, and are split at
 * `,name=`; header values that hold such a sequence cannot be told apart.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { endOffsets, recordCount } from './topics.ts'
import { waitUntil } from './wait-until.ts'

const READ_DEADLINE_MS = 30_000
const LINE_FEED = 10

export interface KafkaRecord {
  partition: number
  offset: number
  timestampMs: number
  key: Buffer | null
  headers: Record<string, string>
  payload: Buffer | null
}

export interface ReadOptions {
  /** First waits until the topic holds at least so many records. It then reads all of them, so that duplicates show. */
  count?: number
  deadlineMs?: number
}

/** Every record between the start of the topic and its end as it is when the reading starts; by partition and offset. */
export async function readTopic(bootstrapServers: string, topic: string, options: ReadOptions = {}) {
  const records: KafkaRecord[] = []
  await forEachRecord(bootstrapServers, topic, options, (record) => {
    records.push({ ...record, payload: record.payload && Buffer.from(record.payload) })
  })
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** As readTopic, one record at a time: for topics larger than memory. The payload is only valid during the call. */
export async function forEachRecord(
  bootstrapServers: string,
  topic: string,
  { count = 0, deadlineMs = READ_DEADLINE_MS }: ReadOptions,
  onRecord: (record: KafkaRecord) => void,
): Promise<void> {
  const startMs = performance.now()
  if (count > 0) {
    const what = `${topic} holds ${count} records`
    await waitUntil(async () => (await recordCount(bootstrapServers, topic)) >= count, { deadlineMs, what })
  }
  const ends = await endOffsets(bootstrapServers, topic)
  if ([...ends.values()].every((end) => end === 0n)) return // kcat -e never ends on a topic that never had a record
  const leftMs = Math.max(1000, deadlineMs - (performance.now() - startMs))
  await consume({ bootstrapServers, topic, deadlineMs: leftMs, onRecord })
}

interface Consumption {
  bootstrapServers: string
  topic: string
  deadlineMs: number
  onRecord: (record: KafkaRecord) => void
}

function consume({ bootstrapServers, topic, deadlineMs, onRecord }: Consumption): Promise<void> {
  const mark = randomBytes(12).toString('hex')
  const args = ['-C', '-b', bootstrapServers, '-t', topic, '-o', 'beginning', '-e', '-q', '-u']
  args.push('-X', 'fetch.wait.max.ms=10', '-X', 'fetch.error.backoff.ms=20', '-f', `%p %o %T %K %S\n%k%s%h${mark}`)
  const child = spawn('kcat', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: Math.ceil(deadlineMs),
    killSignal: 'SIGKILL',
  })
  const stream = new RecordStream(mark, onRecord)
  let complaint = ''
  child.stderr.on('data', (text) => (complaint = (complaint + text).slice(-2000)))
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`kcat on ${topic}: ${reason} ${complaint}`.trim()))
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        stream.append(chunk)
      } catch (error) {
        child.kill('SIGKILL')
        reject(error)
      }
    })
    child.on('error', () => fail('not found; Debian has it as the package kcat'))
    child.on('close', (code, signal) => {
      if (signal) fail(`ended by ${signal} at its deadline of ${Math.round(deadlineMs)} ms`)
      else if (code !== 0) fail(`exit code ${code}`)
      else if (stream.pendingBytes > 0) fail(`ended inside a record, ${stream.pendingBytes} bytes left`)
      else resolve()
    })
  })
}

/** Cuts kcat's output into records. Exported for its own test. */
export class RecordStream {
  readonly #mark: Buffer
  readonly #onRecord: (record: KafkaRecord) => void
  #pending: Buffer = Buffer.alloc(0)
  /** Below this many pending bytes no record can be complete: saves joining and parsing for each chunk of a large one. */
  #bytesNeeded = 0
  #chunks: Buffer[] = []
  #chunkBytes = 0

  constructor(mark: string, onRecord: (record: KafkaRecord) => void) {
    this.#mark = Buffer.from(mark)
    this.#onRecord = onRecord
  }

  get pendingBytes(): number {
    return this.#pending.length + this.#chunkBytes
  }

  append(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#chunkBytes += chunk.length
    if (this.pendingBytes < this.#bytesNeeded) return
    this.#pending = Buffer.concat([this.#pending, ...this.#chunks])
    this.#chunks = []
    this.#chunkBytes = 0
    let start = 0
    for (let next = this.#takeAt(0); next !== undefined; next = this.#takeAt(start)) start = next
    this.#pending = this.#pending.subarray(start)
    this.#bytesNeeded = Math.max(0, this.#bytesNeeded - start)
  }

  /** Start of the following record, or undefined when the one at `start` is not complete yet. */
  #takeAt(start: number): number | undefined {
    this.#bytesNeeded = start
    const lineEnd = this.#pending.indexOf(LINE_FEED, start)
    if (lineEnd < 0) return undefined
    const [partition, offset, timestampMs, keyBytes, payloadBytes] = this.#head(start, lineEnd)
    const payloadStart = lineEnd + 1 + Math.max(0, keyBytes)
    const headersStart = payloadStart + Math.max(0, payloadBytes)
    const end = this.#pending.indexOf(this.#mark, headersStart)
    if (end < 0) {
      this.#bytesNeeded = headersStart + this.#mark.length
      return undefined
    }
    this.#onRecord({
      partition,
      offset,
      timestampMs,
      key: keyBytes < 0 ? null : Buffer.from(this.#pending.subarray(lineEnd + 1, payloadStart)),
      payload: payloadBytes < 0 ? null : this.#pending.subarray(payloadStart, headersStart),
      headers: parseHeaders(this.#pending.toString('utf8', headersStart, end)),
    })
    return end + this.#mark.length
  }

  #head(start: number, end: number): number[] {
    const line = this.#pending.toString('latin1', start, end)
    const numbers = line.split(' ').map(Number)
    if (numbers.length !== 5 || numbers.some(Number.isNaN)) throw new Error(`kcat printed an unexpected line: ${line}`)
    return numbers
  }
}

function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {}
  if (text === '') return headers
  for (const entry of text.split(/,(?=[\w.-]+=)/)) {
    const equals = entry.indexOf('=')
    headers[entry.slice(0, equals)] = entry.slice(equals + 1)
  }
  return headers
}
