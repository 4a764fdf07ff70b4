import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** mulberry32: small, fast, the same everywhere. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }
}

/** Seeds that have failed, by law; committed, so that every run replays them. */
const SEEDS_PATH = new URL('./seeds.json', import.meta.url)

function readSeeds(path: URL): Record<string, number[]> {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, number[]>) : {}
}

export function keptSeeds(law: string, path: URL = SEEDS_PATH): number[] {
  return readSeeds(path)[law] ?? []
}

function keepSeed(law: string, seed: number, path: URL): void {
  const seeds = readSeeds(path)
  seeds[law] = [...(seeds[law] ?? []), seed]
  writeFileSync(path, `${JSON.stringify(seeds, null, 2)}\n`)
}

/** Runs `check` with the seeds that failed before, then with `count` fixed ones. A seed that fails now is kept. */
export function forSeeds(law: string, count: number, check: (random: Random) => void, path: URL = SEEDS_PATH): void {
  const kept = keptSeeds(law, path)
  const fixed = Array.from({ length: count }, (_, index) => Math.imul(index + 1, 0x9e3779b1))
  for (const seed of [...kept, ...fixed]) {
    try {
      check(new Random(seed))
    } catch (error) {
      if (!kept.includes(seed)) keepSeed(law, seed, path)
      throw new Error(`${law}: seed ${seed}: ${String(error)}`, { cause: error })
    }
  }
}
