import { expect, test } from 'vitest'
import {
  checkAtomics,
  checkEnvironment,
  checkLibrdkafkaNames,
  checkOneImporter,
} from '../../../../scripts/tidy/owners.ts'
import { SourceFile } from '../../../../scripts/tidy/source-file.ts'

type Rule = typeof checkAtomics

function paths(rule: Rule, texts: Readonly<Record<string, string>>): string[] {
  return rule(Object.entries(texts).map(([path, text]) => new SourceFile(path, text))).map(({ path }) => path)
}

test('a foreign package has one importer in src; tests may import it too', () => {
  for (const name of ['piscina', 'node-rdkafka', 'uWebSockets.js', '@grpc/grpc-js']) {
    const text = `import { a } from '${name}'`
    expect(
      paths(checkOneImporter, { 'src/a.ts': text, 'test/b.ts': text, 'src/c.ts': "import 'other'" }),
      name,
    ).toEqual([])
    const forms = {
      'src/a.ts': text,
      'src/b.ts': `import type { A } from '${name}/x'`,
      'src/c.ts': `await import('${name}')`,
    }
    expect(paths(checkOneImporter, forms), name).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts'])
    expect(paths(checkOneImporter, { 'src/a.ts': text, 'src/b.ts': `require('${name}')` }), name).toEqual([
      'src/a.ts',
      'src/b.ts',
    ])
  }
})

test('atomics stand only under src/shared-memory', () => {
  const text = 'Atomics.load(words, 0)'
  expect(paths(checkAtomics, { 'src/shared-memory/a.ts': text, 'test/a.ts': text, 'src/b.ts': `// ${text}` })).toEqual(
    [],
  )
  expect(
    paths(checkAtomics, { 'src/shared-memory-x/a.ts': text, 'src/ingest/b.ts': 'const { load } = Atomics' }),
  ).toEqual(['src/shared-memory-x/a.ts', 'src/ingest/b.ts'])
})

test('the environment is read only by src/config/load.ts, in whatever form', () => {
  const forms = [
    'process.env.A',
    "process['env'].A",
    'globalThis.process.env',
    'const { env } = process',
    "import { env } from 'node:process'",
  ]
  for (const text of forms) {
    expect(paths(checkEnvironment, { 'src/config/load.ts': text, 'scripts/a.ts': text }), text).toEqual([])
    expect(paths(checkEnvironment, { 'src/a.ts': text }), text).toEqual(['src/a.ts'])
  }
  expect(
    paths(checkEnvironment, { 'src/a.ts': "process.exit(); options.env; import { hrtime } from 'node:process'" }),
  ).toEqual([])
})

test('names of librdkafka properties stand only where the producer is configured', () => {
  const texts = ["x['linger.ms']", "({ 'enable.idempotence': true })", '`message.timeout.ms`', '({ dr_cb: true })']
  for (const text of texts) {
    expect(
      paths(checkLibrdkafkaNames, { 'src/produce/rdkafka-config.ts': text, 'src/config/producer-properties.ts': text }),
      text,
    ).toEqual([])
    expect(paths(checkLibrdkafkaNames, { 'src/produce/b.ts': text }), text).toEqual(['src/produce/b.ts'])
  }
  expect(
    paths(checkLibrdkafkaNames, { 'src/b.ts': "'kafka.bootstrap.servers'; 'set linger.ms'; // linger.ms" }),
  ).toEqual([])
})
