/** The two engines of a file, one for each form of records, and the official comparison over both. */
import { afterAll, beforeAll } from 'vitest'
import { type Oracle, startOracle } from '../../bed/oracle.ts'
import { INSTALL_DEADLINE_MS } from '../../integration/clients/install.ts'
import { OfficialComparison } from './official.ts'
import { conformanceScene, type Scene } from './scene.ts'

export interface Pair {
  readonly protobuf: Scene
  readonly json: Scene
  oracle(): Oracle
  official(): OfficialComparison
}

export function conformancePair(config: Readonly<Record<string, string>> = {}): Pair {
  const scenes = {
    protobuf: conformanceScene({ ...config, 'otlp.message.format': 'protobuf' }),
    json: conformanceScene({ ...config, 'otlp.message.format': 'json' }),
  }
  let oracle: Oracle | undefined
  let official: OfficialComparison | undefined
  beforeAll(async () => {
    oracle = await startOracle()
    official = new OfficialComparison(oracle, scenes)
  }, INSTALL_DEADLINE_MS)
  afterAll(() => oracle?.stop())
  return { ...scenes, oracle: () => oracle!, official: () => official! }
}
