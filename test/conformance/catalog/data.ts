/** The data model and the duties of an intermediary (C100-C120), profiles (C121-C129), facts about clients (C130-C136). */
import type { Row } from './row.ts'

const UNFILLED = 'Pass-through: what a client left out is not filled in; there is no option for it.'

export const DATA_ROWS: readonly Row[] = [
  { id: 'C100', level: 'd', rule: 'an AnyValue without a member means something and is kept' },
  { id: 'C101', level: 'd', rule: 'empty, bytes, mixed arrays and key-value lists are attribute values everywhere' },
  { id: 'C102', level: 'M', rule: 'duplicate attribute keys are kept as they are' },
  { id: 'C103', level: 'd', rule: 'string_value_strindex and key_strindex outside profiles: accepted with a warning' },
  { id: 'C104', level: 'M', rule: 'reserved bits of flags may be set' },
  { id: 'C105', level: 'S', rule: 'flags are copied as they are' },
  {
    id: 'C106',
    level: 'd',
    rule: 'a span with ids of a wrong length is rejected alone; all-zero ids pass unless otlp.validation=strict',
  },
  { id: 'C107', level: 'S', rule: 'a log record without ids, or with all-zero ids, is accepted' },
  { id: 'C108', level: 'm', rule: 'SPAN_KIND_UNSPECIFIED stays 0' },
  { id: 'C109', level: 'd', rule: 'unknown enum numbers are kept' },
  { id: 'C110', level: 'S', rule: 'data points with time 0 are rejected with otlp.validation=strict, else kept' },
  { id: 'C111', level: 'd', rule: 'a number point without a value: rejected with strict, else kept' },
  { id: 'C112', level: 'M', rule: 'temporality UNSPECIFIED: rejected with strict, else kept' },
  {
    id: 'C113',
    level: 'd',
    rule: 'histograms and summaries that contradict themselves: rejected with strict, else kept',
  },
  { id: 'C114', level: 'd', rule: 'an end before the start is accepted' },
  { id: 'C115', level: 'M', rule: 'observed_time_unix_nano of a log record is passed through', note: UNFILLED },
  { id: 'C116', level: 'd', rule: 'reserved and unknown fields: kept in protobuf, dropped where the form changes' },
  { id: 'C117', level: 'd', rule: 'schema_url, scope and entity_refs are kept' },
  { id: 'C118', level: 'd', rule: 'an item with invalid UTF-8 is rejected alone and never reaches Kafka' },
  {
    id: 'C119',
    level: 'd',
    rule: 'minimal decoding on the way through',
    not: 'A goal of speed: measured in docs/performance.md.',
  },
  {
    id: 'C120',
    level: 'd',
    rule: 'overlapping metric points are de-duplicated',
    not: 'A rule for components that re-aggregate; Sluice passes points on as they are.',
  },
  { id: 'C121', level: 'd', rule: 'profiles: service v1development, path /v1development/profiles, rejected_profiles' },
  {
    id: 'C122',
    level: 'M',
    rule: 'a dictionary without its zero elements: rejected with strict, else kept',
  },
  { id: 'C123', level: 'd', rule: 'the dictionary of a profiles request stays with every profile of it' },
  { id: 'C124', level: 'M', rule: 'duplicate dictionary entries are given no meaning: bytes stay as they are' },
  {
    id: 'C125',
    level: 'M',
    rule: 'samples with neither values nor timestamps, or of unequal counts: rejected with strict, else kept',
  },
  {
    id: 'C126',
    level: 'M',
    rule: 'original_payload without its format, or the reverse: rejected with strict, else kept',
  },
  { id: 'C127', level: 'M', rule: 'indexes out of the range of their table crash nothing' },
  { id: 'C128', level: 'S', rule: 'the order of resources, scopes and profiles is kept' },
  { id: 'C129', level: 'd', rule: 'profile_id may be absent or all zero; attributes stay in their table' },
  { id: 'C130', level: 'd', rule: 'the default deadline of an answer is below the 10 s of exporters' },
  { id: 'C131', level: 'd', rule: '64 MiB are accepted by default' },
  { id: 'C132', level: 'd', rule: 'protobuf over HTTP is the default of exporters and taken with default settings' },
  { id: 'C133', level: 'd', rule: 'clients retry with backoff and jitter', not: 'A duty of clients.' },
  { id: 'C134', level: 'd', rule: 'clients drop what is not retryable: only permanent faults get such an answer' },
  { id: 'C135', level: 'd', rule: 'a refusal that may be retried carries Retry-After or RetryInfo' },
  { id: 'C136', level: 'd', rule: 'gzip of clients is taken, and answers are gzipped when asked for' },
]
