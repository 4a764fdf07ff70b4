/** The OpenTelemetry SDK for Go (Go module proxy). Debian's Go may be too old for it: any Go on the PATH is used. */
import { describe } from 'vitest'
import { hasCommand } from '../../../scripts/kafka/prerequisites.ts'
import { itDeliversFourWays } from './four-ways.ts'
import { goClient } from './install.ts'

describe.skipIf(!hasCommand('go'))('the OpenTelemetry SDK for Go (skipped when there is no go on the PATH)', () => {
  itDeliversFourWays('go', async () => [await goClient()])
})
