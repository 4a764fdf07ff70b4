/**
 * A real Kafka without Docker: the broker's own jars from Maven Central, into .cache/kafka/VERSION.
 *
 * - Copied into a folder of this process and renamed: two test runs that start at once do not meet half a copy.
 * - log4j-slf4j-impl is not among Kafka's Maven dependencies (its tar adds it); without it a broker logs nothing.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireTools } from './prerequisites.ts'

export const KAFKA_VERSION = '4.1.0'
const LOG4J_VERSION = '2.24.3'
const DOWNLOAD_DEADLINE_MS = 300_000
export const KAFKA_CACHE = fileURLToPath(new URL('../../.cache/kafka', import.meta.url))

/** Class path of the broker; downloads on first use (54 MB, about a minute). */
export async function kafkaClassPath(cache = KAFKA_CACHE): Promise<string> {
  requireTools('java')
  const home = join(cache, KAFKA_VERSION)
  if (!existsSync(home)) await download(home)
  return join(home, '*')
}

async function download(home: string): Promise<void> {
  requireTools('mvn')
  const staging = `${home}.${process.pid}`
  await mkdir(staging, { recursive: true })
  try {
    await writeFile(join(staging, 'pom.xml'), pom())
    await writeFile(join(staging, 'log4j2.properties'), LOG4J)
    process.stderr.write(`kafka: downloading Kafka ${KAFKA_VERSION} with Maven into ${home}\n`)
    await maven(staging)
    const jars = (await readdir(staging)).filter((file) => file.endsWith('.jar'))
    if (jars.length === 0) throw new Error('Maven copied no jar')
    await rename(staging, home).catch((error) => {
      if (!existsSync(home)) throw error // else another run was faster
    })
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

function maven(staging: string): Promise<void> {
  const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=.', '-DincludeScope=runtime']
  const child = spawn('mvn', args, { cwd: staging, stdio: ['ignore', 'pipe', 'pipe'], timeout: DOWNLOAD_DEADLINE_MS })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  return new Promise((resolve, reject) => {
    child.on('error', () => reject(new Error('mvn was not found: a real Kafka needs Maven and Java 17 or newer')))
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`mvn failed (${signal ?? code}): ${output.slice(-2000)}`))
    })
  })
}

function pom(): string {
  const dependencies = [
    ['org.apache.kafka', 'kafka_2.13', KAFKA_VERSION],
    ['org.apache.kafka', 'kafka-tools', KAFKA_VERSION],
    ['org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J_VERSION],
  ].map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>sluice</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join('\n')}</dependencies></project>\n`
}

const LOG4J = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`
