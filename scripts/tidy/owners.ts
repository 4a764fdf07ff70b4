/** Things that have one owner in src: foreign packages, atomics, the environment, librdkafka's vocabulary. */
import ts from 'typescript'
import type { Finding } from './finding.ts'
import { importsOf } from './imports.ts'
import { nodesOf, type SourceFile } from './source-file.ts'

const ONE_IMPORTER = ['piscina', 'node-rdkafka', 'uWebSockets.js', '@grpc/grpc-js'] as const

export function checkOneImporter(files: readonly SourceFile[]): Finding[] {
  return ONE_IMPORTER.flatMap((name) => {
    const importers = productFiles(files).filter((file) => importsOf(file).some(({ to }) => isOf(to, name)))
    if (importers.length <= 1) return []
    const text = `${name} has one importer, not ${importers.length}: ${importers.map(({ path }) => path).join(', ')}`
    return importers.map(({ path }) => ({ path, rule: 'one-importer', text }))
  })
}

function isOf(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`)
}

const ATOMICS_FOLDER = 'src/shared-memory'

/** Memory order is an agreement between a writer and a reader: both stand in one folder, with the table of pairs. */
export function checkAtomics(files: readonly SourceFile[]): Finding[] {
  return productFiles(files)
    .filter((file) => !file.isUnder(ATOMICS_FOLDER))
    .flatMap((file) => findNodes(file, isAtomics, 'atomics', `Atomics only under ${ATOMICS_FOLDER}`))
}

function isAtomics(node: ts.Node): boolean {
  return ts.isIdentifier(node) && node.text === 'Atomics'
}

const ENVIRONMENT_FILE = 'src/config/load.ts'

export function checkEnvironment(files: readonly SourceFile[]): Finding[] {
  return productFiles(files)
    .filter(({ path }) => path !== ENVIRONMENT_FILE)
    .flatMap((file) => findNodes(file, readsEnvironment, 'environment', `process.env only in ${ENVIRONMENT_FILE}`))
}

/** `process.env`, `process['env']`, `globalThis.process.env`, and `env` imported or taken out of process. */
function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression)
  if (ts.isElementAccessExpression(node)) {
    return (
      isProcess(node.expression) &&
      ts.isStringLiteralLike(node.argumentExpression) &&
      node.argumentExpression.text === 'env'
    )
  }
  if (ts.isVariableDeclaration(node)) {
    return node.initializer !== undefined && isProcess(node.initializer) && /\benv\b/.test(node.name.getText())
  }
  return (
    ts.isImportDeclaration(node) &&
    /process['"]$/.test(node.moduleSpecifier.getText()) &&
    /\benv\b/.test(node.importClause?.getText() ?? '')
  )
}

function isProcess(node: ts.Node): boolean {
  return /^(?:globalThis\.)?process$/.test(node.getText())
}

/** The second one holds the documented defaults of `kafka.producer.*` and the promises that a setting weakens. */
const LIBRDKAFKA_FILES = ['src/produce/rdkafka-config.ts', 'src/config/producer-properties.ts']

/** Names that mean nothing but a librdkafka property; ordinary words among its names (`acks`, `debug`) cannot be told. */
const LIBRDKAFKA_NAMES = new Set([
  'bootstrap.servers',
  'metadata.broker.list',
  'client.id',
  'enable.idempotence',
  'request.required.acks',
  'linger.ms',
  'queue.buffering.max.ms',
  'queue.buffering.max.kbytes',
  'queue.buffering.max.messages',
  'message.max.bytes',
  'message.timeout.ms',
  'delivery.timeout.ms',
  'message.send.max.retries',
  'message.copy.max.bytes',
  'request.timeout.ms',
  'retry.backoff.ms',
  'batch.num.messages',
  'batch.size',
  'compression.type',
  'compression.codec',
  'compression.level',
  'socket.timeout.ms',
  'socket.keepalive.enable',
  'reconnect.backoff.ms',
  'reconnect.backoff.max.ms',
  'max.in.flight',
  'max.in.flight.requests.per.connection',
  'metadata.max.age.ms',
  'topic.metadata.refresh.interval.ms',
  'statistics.interval.ms',
  'security.protocol',
  'sasl.mechanism',
  'sasl.mechanisms',
  'sasl.username',
  'sasl.password',
  'test.mock.num.brokers',
  'dr_cb',
  'dr_msg_cb',
  'event_cb',
])

export function checkLibrdkafkaNames(files: readonly SourceFile[]): Finding[] {
  const text = `a librdkafka property name; these live in ${LIBRDKAFKA_FILES[0]}`
  return productFiles(files)
    .filter(({ path }) => !LIBRDKAFKA_FILES.includes(path))
    .flatMap((file) => findNodes(file, isLibrdkafkaName, 'librdkafka-names', text))
}

function isLibrdkafkaName(node: ts.Node): boolean {
  const isName = ts.isStringLiteralLike(node) || (ts.isIdentifier(node) && ts.isPropertyAssignment(node.parent))
  return isName && LIBRDKAFKA_NAMES.has(node.text)
}

function productFiles(files: readonly SourceFile[]): SourceFile[] {
  return files.filter((file) => file.isTypeScript && file.isUnder('src'))
}

function findNodes(file: SourceFile, matches: (node: ts.Node) => boolean, rule: string, text: string): Finding[] {
  const findings: Finding[] = []
  for (const node of nodesOf(file.tree)) {
    if (matches(node)) findings.push({ path: file.path, line: file.lineOf(node), rule, text })
  }
  return findings
}
