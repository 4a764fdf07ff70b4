const FETCH_DEADLINE_MS = 5000

/** Prometheus text of the engine's metrics page. */
export async function fetchMetrics(metricsUrl: string): Promise<string> {
  const response = await fetch(new URL('/metrics', metricsUrl), { signal: AbortSignal.timeout(FETCH_DEADLINE_MS) })
  if (!response.ok) throw new Error(`${metricsUrl}/metrics answered ${response.status}`)
  return response.text()
}

/** Sum over all label sets of a metric; undefined when the page does not have it. `_total` is optional. */
export function sumOf(page: string, metric: string): number | undefined {
  const line = new RegExp(`^${metric}(?:_total)?(?:\\{[^}]*\\})? (\\S+)`, 'gm')
  const values = [...page.matchAll(line)].map(([, value]) => Number(value))
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
}
