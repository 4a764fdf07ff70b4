/** What holds for every protocol. */
import type { Row } from './row.ts'

export const GENERAL_ROWS: readonly Row[] = [
  { id: 'C01', level: 'M', rule: 'requests without compression are taken over every protocol' },
  { id: 'C02', level: 'M', rule: 'gzip requests are taken over every protocol, with the same record in Kafka' },
  { id: 'C03', level: 'd', rule: 'concurrent requests get one response each, their own' },
  {
    id: 'C04',
    level: 'd',
    rule: 'an acknowledgement covers one hop only',
    not: 'a statement about the scope of OTLP, nothing to check; the stronger promise of Sluice is in the README and shown by the fault tests',
  },
  { id: 'C05', level: 'M', rule: 'requests of every version since 0.19 are taken, with what has since been removed' },
  { id: 'C06', level: 'd', rule: 'fields of later versions, at every level, do not disturb' },
  { id: 'C07', level: 'M', rule: 'a client without any optional capability is served' },
  { id: 'C08', level: 'm', rule: 'an envelope without items is a success and leaves no record' },
  {
    id: 'C09',
    level: 'd',
    rule: 'duplicates are accepted: what is sent twice is stored twice',
    note: 'Kafka holds at least what was acknowledged; Sluice adds no duplicate without a fault',
  },
  { id: 'C10', level: 'd', rule: 'back pressure is said, with a delay, and never only a stalled socket' },
  { id: 'C11', level: 'd', rule: 'TLS is supported', not: 'TLS and authentication are not built yet' },
  { id: 'C12', level: 'd', rule: 'a connection has an age limit, if wanted, so that balancers can spread clients' },
]
