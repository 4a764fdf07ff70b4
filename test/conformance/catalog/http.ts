/** OTLP/HTTP: its rules, content codings, and HTTP/1.1 as hostile clients speak it. */
import type { Row } from './row.ts'

const RULES: readonly Row[] = [
  { id: 'C50', level: 'd', rule: 'only POST is taken; other methods are 405 with Allow: POST' },
  {
    id: 'C51',
    level: 'm',
    rule: 'HTTP/1.1 is always served, also to a client that first tries HTTP/2',
    note: 'served in HTTP/1.1 only',
  },
  {
    id: 'C52',
    level: 'M',
    rule: 'binary bodies are application/x-protobuf both ways; case and parameters do not matter',
  },
  { id: 'C53', level: 'M', rule: 'JSON bodies are application/json both ways; case and parameters do not matter' },
  { id: 'C54', level: 'd', rule: 'the default path of each signal; /v1/profiles is none' },
  { id: 'C55', level: 'm', rule: 'the path of each signal can be configured', note: 'one key for each signal' },
  {
    id: 'C56',
    level: 'd',
    rule: 'a gzip body is announced: gzip without the header and the header without gzip are 400',
  },
  { id: 'C57', level: 'M', rule: 'the size of a request is limited, inflated too' },
  {
    id: 'C58',
    level: 'R',
    rule: 'the limit is 64 MiB by default and can be configured',
    note: 'with 64 MiB no record of that size is meant: kafka.record.max.bytes limits those',
  },
  {
    id: 'C59',
    level: 'M',
    rule: 'over the limit is 413: by length, in chunks and inflated',
    limit:
      'a client that sends on after 413 is read, and its bytes dropped, for as long as it does not pause for ten seconds',
  },
  { id: 'C60', level: 'M', rule: 'the body of a response is the right message in the encoding of the request' },
  {
    id: 'C61',
    level: 'M',
    rule: 'a response is limited (4 MiB by default, configurable): partial_success shrinks, else 500',
  },
  { id: 'C62', level: 'M', rule: 'the content type of a response equals that of the request, whatever the status' },
  {
    id: 'C63',
    level: 'm',
    rule: 'a response may be gzip when the client accepts it',
    note: 'from 1 KiB on, or when the client excludes identity',
  },
  { id: 'C64', level: 'S', rule: 'an empty request is a success' },
  { id: 'C65', level: 'M', rule: 'success is 200 with the response message of the signal; in JSON {}' },
  { id: 'C66', level: 'M', rule: 'partial_success is not set on full success' },
  { id: 'C67', level: 'M', rule: 'a partial success is 200, with the number rejected and a message' },
  { id: 'C68', level: 'M', rule: 'a failure is a fitting 4xx or 5xx' },
  {
    id: 'C69',
    level: 'M',
    rule: 'the body of every 4xx and 5xx is a google.rpc.Status in the encoding of the request',
    limit:
      'what the parser of uWebSockets.js refuses by itself (400, 431, 505) has an HTML page and closes; no exporter sends such requests',
  },
  { id: 'C70', level: 'm', rule: 'the code in a Status is one that gRPC knows' },
  { id: 'C71', level: 'S', rule: 'the message of a Status helps a developer and gives nothing away' },
  { id: 'C72', level: 'm', rule: 'the details of a Status are well-formed' },
  { id: 'C73', level: 'S', rule: 'the HTTP status says whether to try again' },
  { id: 'C74', level: 'M', rule: 'what passes by itself is answered with 429, 502, 503 or 504 and nothing else is' },
  { id: 'C75', level: 'M', rule: 'what can never be decoded is 400, with BadRequest' },
  {
    id: 'C76',
    level: 'S',
    rule: 'overload is 503 with Retry-After in seconds',
    note: '1 to 29 seconds, growing with the time that the cause lasts',
  },
  {
    id: 'C77',
    level: 'd',
    rule: 'everything else as HTTP has it: 404, 405 with Allow, 415 with Accept-Encoding, 431, 505',
  },
  { id: 'C78', level: 'd', rule: 'a connection that drops hides no lost item: all that was received is accounted for' },
  { id: 'C79', level: 'd', rule: 'a connection is kept for many requests' },
  { id: 'C80', level: 'S', rule: 'protobuf and JSON share a port and a connection' },
  {
    id: 'C81',
    level: 'm',
    rule: 'gRPC and HTTP may share a port',
    not: 'an option of the specification that is not offered: uWebSockets.js speaks no HTTP/2',
  },
  { id: 'C82', level: 'm', rule: 'a client may use many connections at once' },
  { id: 'C83', level: 'd', rule: 'the default port is 4318' },
]

const CODINGS: readonly Row[] = [
  {
    id: 'B050',
    level: 'own',
    rule: 'gzip in every form: several members, with name, comment and extra, an empty member',
  },
  { id: 'B051', level: 'own', rule: 'gzip that is garbage, cut off, damaged or followed by more is 400' },
  { id: 'B052', level: 'own', rule: 'a bomb is stopped at the limit: 413, memory bounded' },
  { id: 'B053', level: 'own', rule: 'a coding header that does not fit the body is 400' },
  {
    id: 'B054',
    level: 'own',
    rule: 'each value of Content-Encoding is taken or 415: case, x-gzip, identity, chains, unknown',
    note: 'gzip, x-gzip, deflate, zstd and identity are taken; a chain is 415',
  },
  { id: 'B055', level: 'own', rule: 'many bombs at once are refused within the budget of bytes; memory is bounded' },
  {
    id: 'B056',
    level: 'own',
    rule: 'Accept-Encoding with q=0, * and without identity is understood or answered plainly',
  },
]

const EDGE: readonly Row[] = [
  {
    id: 'B060',
    level: 'own',
    rule: 'other methods, known or not, are 405 with Allow',
    limit: '`OPTIONS *` and CONNECT are 505 with an HTML page, closed; on a path they are 405 with Allow',
  },
  {
    id: 'B061',
    level: 'own',
    rule: 'paths: unknown, doubled or trailing slash, query, dots, absolute form, 64 kB',
    limit: 'a target in absolute form is 505, a path of 64 kB 431, both with an HTML page, closed',
  },
  { id: 'B062', level: 'own', rule: 'content types: absent, empty, foreign, with parameters, upper case, twice, 8 kB' },
  {
    id: 'B063',
    level: 'own',
    rule: 'a Content-Length that is no length, or two that differ: no request is smuggled',
    limit: 'a length that is no number is 400 with an HTML page, closed; one given twice is 400 with a Status',
  },
  {
    id: 'B064',
    level: 'own',
    rule: 'chunked bodies: valid, extensions, trailers, bad sizes, beside a length',
    limit:
      'a chunk with an extension is not understood: no record, closed, mostly without an answer; trailers are read as the next request: 505, closed, and the request itself may be stored',
  },
  { id: 'B065', level: 'own', rule: 'no body: 200 in protobuf, 400 in JSON, with or without a length' },
  {
    id: 'B066',
    level: 'own',
    rule: 'other languages on the port (HTTP/1.0, HTTP/2, TLS, SMTP) end with a refusal',
    limit: '505 with an HTML page, closed; HTTP/0.9 gets no answer and is closed after ten seconds',
  },
  {
    id: 'B067',
    level: 'own',
    rule: 'pipelined requests are answered in order or the connection closes; nothing is mixed up',
    note: 'uWebSockets.js closes when the first is not answered yet; both may be sent again',
  },
  { id: 'B068', level: 'own', rule: '1000 requests on a connection, Connection: close, upgrades that are not ours' },
  {
    id: 'B069',
    level: 'own',
    rule: 'Expect: 100-continue is answered; with too large a length by 413',
    limit: '100 Continue comes first, then 413; the body need not be sent',
  },
  {
    id: 'B070',
    level: 'own',
    rule: 'header bytes that HTTP forbids are 400; nothing is smuggled',
    limit: 'no answer, closed after ten seconds; bytes beyond ASCII in a value pass',
  },
  {
    id: 'B074',
    level: 'own',
    rule: '101 and 300 headers are taken or refused',
    limit: 'from 99 headers on 431 with an HTML page, closed',
  },
  {
    id: 'B076',
    level: 'own',
    rule: 'a header of 6 kB passes; blocks over the limit are refused, up to 1 MB',
    limit: 'above 16 KiB (UWS_HTTP_MAX_HEADERS_SIZE) 431 with an HTML page, closed',
  },
  {
    id: 'B078',
    level: 'own',
    rule: 'no Host or two of them is 400',
    limit: 'no Host is 400 with an HTML page, closed; two are 400 with a Status',
  },
  {
    id: 'B080',
    level: 'own',
    rule: 'headers that come byte by byte: the connection is closed',
    limit:
      'closed without an answer after ten seconds; a request line that breaks off after the method or inside ` HTTP/1.1` is 505 at once',
  },
  {
    id: 'B082',
    level: 'own',
    rule: 'bodies that come too slowly: the connection is closed; slow ones that move are taken',
    limit:
      'below 16 kB a second closed without an answer after 8 to 20 seconds; from there on taken, up to 60 seconds in all',
  },
  {
    id: 'B084',
    level: 'own',
    rule: 'a client that leaves at any point harms nothing, and half a request is no record',
  },
  { id: 'B086', level: 'own', rule: 'a client that never reads its answers is closed' },
  {
    id: 'B088',
    level: 'own',
    rule: 'thousands of idle connections are reaped and their descriptors come back',
    note: 'closed ten seconds after the last request',
  },
  {
    id: 'B090',
    level: 'own',
    rule: 'CORS is off by default: a preflight is 405 and no header allows an origin',
    note: 'otlp.http.cors.allowed.origins switches it on',
  },
]

export const HTTP_ROWS: readonly Row[] = [...RULES, ...CODINGS, ...EDGE]
