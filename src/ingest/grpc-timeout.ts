const FORM = /^(\d{1,8})([HMSmun])$/
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 }

/** @param timeout value of the header grpc-timeout. @returns milliseconds, NaN when it is not one */
export function timeoutMsOf(timeout: string): number {
  const match = FORM.exec(timeout)
  return match === null ? Number.NaN : Number(match[1]) * UNIT_MS[match[2]!]!
}
