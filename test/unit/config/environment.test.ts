import { expect, test } from 'vitest'
import { readEnvironment } from '../../../src/config/environment.ts'

test('the exact upper-case names of our keys are read', () => {
  const { entries } = readEnvironment({
    OTLP_MESSAGE_QUEUE_SIZE: '200',
    NAME: 'n',
    log_level: 'debug',
    LOG_LEVEL: 'warn',
  })
  expect(entries.map(({ key, text }) => [key, text])).toEqual([
    ['otlp.message.queue.size', '200'],
    ['name', 'n'],
    ['log.level', 'warn'],
  ])
})

test('a name of ours with a typo is a problem, a stranger is none', () => {
  const { problems } = readEnvironment({
    OTLP_GRPC_PORTS: '1',
    ENGINE_INGEST_THREAD: '1',
    KAFKA_TOPIC_TRACE: 'x',
    KAFKA_RECORD_MAXBYTES: '1',
    KAFKA_BOOTSTRAP_SERVER: 'k',
    OTEL_SERVICE_NAME: 'x',
    KAFKA_HEAP_OPTS: '-X',
    PATH: '/bin',
  })
  expect(problems.map(({ key, text }) => [key, text])).toEqual([
    ['OTLP_GRPC_PORTS', 'is not an option; did you mean OTLP_GRPC_PORT?'],
    ['ENGINE_INGEST_THREAD', 'is not an option; did you mean ENGINE_INGEST_THREADS?'],
    ['KAFKA_TOPIC_TRACE', 'is not an option; did you mean KAFKA_TOPIC_TRACES?'],
    ['KAFKA_RECORD_MAXBYTES', 'is not an option; did you mean KAFKA_RECORD_MAX_BYTES?'],
    ['KAFKA_BOOTSTRAP_SERVER', 'is not an option; did you mean KAFKA_BOOTSTRAP_SERVERS?'],
  ])
})

test('an empty variable is an unset one', () => {
  expect(readEnvironment({ OTLP_GRPC_PORT: '', OTLP_TYPO: '', NAME: undefined })).toEqual({ entries: [], problems: [] })
})

test('what Kubernetes sets for a Service called otlp or metrics is neither a typo nor a value', () => {
  const links = {
    OTLP_SERVICE_HOST: '10.0.0.1',
    OTLP_SERVICE_PORT: '4317',
    OTLP_SERVICE_PORT_GRPC: '4317',
    OTLP_PORT: 'tcp://10.0.0.1:4317',
    METRICS_PORT: 'tcp://10.0.0.2:80',
    OTLP_PORT_4317_TCP: 'tcp://10.0.0.1:4317',
    OTLP_PORT_4317_TCP_ADDR: '10.0.0.1',
  }
  expect(readEnvironment(links)).toEqual({ entries: [], problems: [] })
})
