import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { mistakeText } from '../../../src/ingest/mistaken-body.ts'
import { tracesBody } from '../../bed/otlp-bodies.ts'

const gzip = gzipSync('{}')

it.each([
  ['gzip', gzip, false, /gzip without Content-Encoding/],
  ['gzip, called JSON', gzip, true, /gzip without Content-Encoding/],
  ['JSON, called protobuf', Buffer.from('{"resourceSpans":[]}'), false, /JSON sent as application\/x-protobuf/],
  ['JSON', Buffer.from('{'), true, /^$/],
  ['protobuf', tracesBody(1), false, /^$/],
  ['half a magic', gzip.subarray(0, 1), false, /^$/],
  ['nothing', Buffer.alloc(0), false, /^$/],
])('a body of %s', (_, body, isJson, text) => {
  expect(mistakeText(body, isJson)).toMatch(text)
})
