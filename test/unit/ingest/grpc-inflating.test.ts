import { EventEmitter } from 'node:events'
import type { ServerHttp2Stream } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { MIB } from '../../../src/base/units.ts'
import { CODING } from '../../../src/ingest/body.ts'
import { CollectBudget } from '../../../src/ingest/collected.ts'
import type { Enqueue } from '../../../src/ingest/enqueue.ts'
import { GrpcExport, type GrpcScope } from '../../../src/ingest/grpc-export.ts'
import { framed } from '../../../src/ingest/grpc-frame.ts'
import { Inflater } from '../../../src/ingest/inflater.ts'
import { Receiving } from '../../../src/ingest/receiving.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { until } from '../../bed/until.ts'

const LARGE = gzipSync(Buffer.alloc(2 * MIB))

it('a call whose client goes while its message waits to be inflated leaves the line', async () => {
  const collectBudget = new CollectBudget(MIB)
  const inflater = new Inflater(4 * MIB, collectBudget)
  const receiving = new Receiving(60_000)
  const submitted: Buffer[] = []
  const enqueue = {
    inflater,
    collectBudget,
    receiving,
    admit: () => VERDICT.PENDING,
    submitCopy: (_signal: number, _protocol: number, body: Buffer) => submitted.push(body) && VERDICT.PENDING,
  } as unknown as Enqueue
  const fault = (error: unknown) => expect(error).toBeUndefined()
  const limits = { requestBytesMax: 4 * MIB, requestTimeoutMs: 1000 }
  const scope: GrpcScope = { enqueue, ...limits, answered: new Receiving(1000), fault }
  const streams = [0, 1].map(() => {
    const stream = new EventEmitter()
    new GrpcExport(scope, stream as ServerHttp2Stream, 0, CODING.GZIP).begin(Number.POSITIVE_INFINITY)
    const frame = framed(LARGE)
    frame[0] = 1
    stream.emit('data', frame)
    stream.emit('end')
    return stream
  })
  expect([inflater.count, receiving.count]).toEqual([2, 0])
  streams[1]!.emit('close')
  expect([inflater.count, collectBudget.usedBytes]).toEqual([1, LARGE.length])
  await until('the other being inflated', () => submitted.length === 1)
  expect([inflater.count, collectBudget.usedBytes]).toEqual([0, 0])
})
