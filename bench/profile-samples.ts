/**
 * Counts samples as `perf script -F tid,ip,sym,dso` prints them, one a line:
 *
 *   [blanks] tid blanks address blanks symbol [blanks] (dso)
 */
const SAMPLE = /^\s*(\d+)\s+[0-9a-f]+\s+(.*?)\s+\((.*)\)\s*$/
const SYMBOL_CHARACTERS_MAX = 90

export class SampleCounts {
  /** By thread id, then by symbol and object. */
  readonly threads = new Map<number, Map<string, number>>()
  total = 0

  /** Lines of another form are not samples. */
  add(line: string): void {
    const sample = SAMPLE.exec(line)
    if (!sample) return
    const [, threadId, symbol, object] = sample
    const thread = this.threads.get(Number(threadId)) ?? new Map<string, number>()
    this.threads.set(Number(threadId), thread)
    const name = `${shortSymbol(symbol)}  (${object.slice(object.lastIndexOf('/') + 1)})`
    thread.set(name, (thread.get(name) ?? 0) + 1)
    this.total++
  }
}

/** V8 puts `~`, `^`, `*` (the tier) and a file URL into a name; one function in two tiers is one function here. */
function shortSymbol(symbol: string): string {
  return symbol
    .replace(/^(?:LazyCompile|Function|JS|Script|Builtin):[~^*+]*/, '')
    .replace(/file:\/\/\S*\/(?=[^/\s]+$)/, '')
    .slice(0, SYMBOL_CHARACTERS_MAX)
}

/** Threads by their share, from 1 %; under each, the functions that took most of it themselves. */
export function formatProfile(counts: SampleCounts, mainThreadId: number, top: number): string {
  const threads = [...counts.threads].map(([threadId, symbols]) => ({
    threadId,
    symbols,
    count: sum(symbols.values()),
  }))
  threads.sort((a, b) => b.count - a.count)
  return threads
    .filter(({ count }) => count * 100 >= counts.total)
    .flatMap(({ threadId, symbols, count }) => [
      '',
      `thread ${threadId === mainThreadId ? 'main' : threadId}: ${percent(count, counts.total)} of the process`,
      ...[...symbols]
        .sort(([, a], [, b]) => b - a)
        .slice(0, top)
        .map(([symbol, samples]) => `  ${percent(samples, count).padStart(7)}  ${symbol}`),
    ])
    .join('\n')
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`
}
