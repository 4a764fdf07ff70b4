/** TLS, credentials, configuration, and the ports for operators. */
import type { Row } from './row.ts'

const NO_AUTHENTICATION = 'TLS and authentication are not built yet'

const CREDENTIALS: readonly Row[] = [
  { id: 'B110', level: 'own', rule: 'TLS 1.2 and 1.3 only', not: NO_AUTHENTICATION },
  { id: 'B111', level: 'own', rule: 'weak ciphers and renegotiation are refused', not: NO_AUTHENTICATION },
  { id: 'B112', level: 'own', rule: 'a bad server certificate or key stops the start', not: NO_AUTHENTICATION },
  { id: 'B113', level: 'own', rule: 'client certificates are asked for and checked', not: NO_AUTHENTICATION },
  { id: 'B114', level: 'own', rule: 'certificates are reloaded under load', not: NO_AUTHENTICATION },
  { id: 'B115', level: 'own', rule: 'floods of handshakes are bounded', not: NO_AUTHENTICATION },
  {
    id: 'B120',
    level: 'own',
    rule: 'bearer tokens: absent, wrong, empty, twice, any case of the scheme',
    not: NO_AUTHENTICATION,
  },
  {
    id: 'B121',
    level: 'own',
    rule: 'Basic credentials: malformed, large, a colon in the password',
    not: NO_AUTHENTICATION,
  },
  { id: 'B122', level: 'own', rule: 'a tenant that may not send a signal', not: NO_AUTHENTICATION },
  { id: 'B123', level: 'own', rule: 'credentials are checked before the body', not: NO_AUTHENTICATION },
  { id: 'B124', level: 'own', rule: 'tokens are rotated', not: NO_AUTHENTICATION },
]

const CONFIGURATION: readonly Row[] = [
  { id: 'B130', level: 'own', rule: 'a bad setting stops the start with 1; one line names key and value' },
  {
    id: 'B131',
    level: 'own',
    rule: 'file, environment and command line in that order; a missing variable stops the start',
  },
  { id: 'B132', level: 'own', rule: 'producer properties that librdkafka would refuse stop the start' },
  {
    id: 'B133',
    level: 'own',
    rule: 'a reload with a bad file keeps the old configuration',
    not: 'reloading a configuration is not built yet: a new one needs a restart',
  },
  { id: 'B134', level: 'own', rule: 'an ordinary user, a read-only folder, an odd time zone and LANG=C do not matter' },
  { id: 'B135', level: 'own', rule: 'a Node that is too old or absent is said in one line, exit code 1' },
]

const OPERATION: readonly Row[] = [
  { id: 'B140', level: 'own', rule: 'the ports for operators withstand bad HTTP as well' },
  { id: 'B141', level: 'own', rule: 'paths, user agents and attributes of clients add no series to the metrics' },
  { id: 'B142', level: 'own', rule: 'line breaks, escapes and megabytes from clients do not get into the log' },
  {
    id: 'B143',
    level: 'own',
    rule: 'health pages answer at once during overload, drain and without Kafka: alive, not ready',
  },
  {
    id: 'B144',
    level: 'own',
    rule: 'two engines of one name do not disturb each other',
    note: 'a client.id is only a name to Kafka; the lock of a disk queue comes with the disk queue',
  },
  { id: 'B145', level: 'own', rule: 'IPv6 alone is served', note: 'Unix sockets are not offered' },
  {
    id: 'B146',
    level: 'own',
    rule: 'mutated bodies are accepted and rejected as by the official decoder',
    note: 'the fuzz tests send far more of them',
  },
]

export const ADMIN_ROWS: readonly Row[] = [...CREDENTIALS, ...CONFIGURATION, ...OPERATION]
