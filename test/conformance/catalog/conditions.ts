/** The table "condition to answer": each condition has one answer per protocol. The order is the table's. */
import type { Row } from './row.ts'

const NO_AUTHENTICATION = 'TLS and authentication are not built yet'

export const CONDITION_ROWS: readonly Row[] = [
  { id: 'H01', level: 'own', rule: 'accepted: OK and 200 with an empty response, the items are in Kafka' },
  { id: 'H02', level: 'own', rule: 'an empty request: OK and 200, no record' },
  {
    id: 'H03',
    level: 'own',
    rule: 'something to warn of: OK and 200 with partial_success of zero rejected and a message',
  },
  { id: 'H04', level: 'own', rule: 'some items can never be taken: OK and 200, exactly those rejected and counted' },
  {
    id: 'H05',
    level: 'own',
    rule: 'full, or Kafka does not take: UNAVAILABLE with RetryInfo and 503 with Retry-After, at once',
  },
  {
    id: 'H06',
    level: 'own',
    rule: 'over a quota of a client: 429 with Retry-After',
    not: 'there are no quotas yet: they come with tenants',
  },
  {
    id: 'H07',
    level: 'own',
    rule: 'draining: UNAVAILABLE with GOAWAY, and 503 with Connection: close; both ask to retry',
  },
  { id: 'H08', level: 'own', rule: 'delivery not known at the deadline: UNAVAILABLE and 503' },
  {
    id: 'H09',
    level: 'own',
    rule: 'the deadline of the client has passed: DEADLINE_EXCEEDED and 504',
    note: 'HTTP has no header in which a client says its deadline: gRPC only',
  },
  {
    id: 'H10',
    level: 'own',
    rule: 'Kafka refuses for a reason that an operator must mend: UNAVAILABLE and 503, said in the log',
  },
  {
    id: 'H11',
    level: 'own',
    rule: 'over the limit of size, as sent or inflated: RESOURCE_EXHAUSTED without RetryInfo and 413',
  },
  { id: 'H12', level: 'own', rule: 'malformed protobuf, JSON or gzip: INVALID_ARGUMENT and 400, with BadRequest' },
  {
    id: 'H13',
    level: 'own',
    rule: 'a coding that is not supported: UNIMPLEMENTED and 415, both with the accepted ones',
  },
  { id: 'H14', level: 'own', rule: 'a media type that is not supported: 415 on both ports' },
  { id: 'H15', level: 'own', rule: 'wrong path or method: UNIMPLEMENTED; 404, and 405 with Allow' },
  {
    id: 'H16',
    level: 'own',
    rule: 'no, bad or insufficient credentials: UNAUTHENTICATED, 401; PERMISSION_DENIED, 403',
    not: NO_AUTHENTICATION,
  },
  { id: 'H17', level: 'own', rule: 'the response cannot fit: RESOURCE_EXHAUSTED and 500' },
  {
    id: 'H18',
    level: 'own',
    rule: 'a fault of ours, caught at last: UNAVAILABLE and 503, never INTERNAL, UNKNOWN or 500',
    note: 'the engine answers, drains and ends with code 4',
  },
]
