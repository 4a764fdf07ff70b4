/** The OpenTelemetry SDK for Java (Maven Central). Needs a JDK, of which the Kafka of the tests needs the half only. */
import { describe } from 'vitest'
import { hasCommand } from '../../../scripts/kafka/prerequisites.ts'
import { itDeliversFourWays } from './four-ways.ts'
import { javaClient } from './install.ts'

const hasJdk = hasCommand('javac') && hasCommand('mvn')

describe.skipIf(!hasJdk)('the OpenTelemetry SDK for Java (skipped when there is no javac or mvn on the PATH)', () => {
  itDeliversFourWays('java', async () => ['java', '-cp', await classPath(), 'Send'])
})

async function classPath(): Promise<string> {
  const folder = await javaClient()
  return `${folder}:${folder}/*`
}
