/** Which coding an answer gets, by the Accept-Encoding of its request (RFC 9110 12.5.3). */

/** Below, a body travels in the packet of its headers anyway, and compressing would cost more than it saves. */
const GZIP_BYTES_MIN = 1024

/** Whether the answer may look otherwise for another Accept-Encoding: a cache has to know. */
export function isNegotiable(bodyBytes: number): boolean {
  return bodyBytes >= GZIP_BYTES_MIN
}

/** @param acceptEncoding header value, '' when absent */
export function wantsGzip(acceptEncoding: string, bodyBytes: number): boolean {
  if (acceptEncoding === '' || bodyBytes === 0) return false
  if (bodyBytes < GZIP_BYTES_MIN && !acceptEncoding.includes('q=0')) return false
  const weights = weightsOf(acceptEncoding)
  const any = weights.get('*')
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? any ?? 0
  const identity = weights.get('identity') ?? (any === 0 ? 0 : undefined)
  // Identity is always fine unless it is excluded: a small body stays as it is.
  return gzip > 0 && (identity === 0 || (bodyBytes >= GZIP_BYTES_MIN && gzip >= (identity ?? 0)))
}

function weightsOf(acceptEncoding: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const element of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = element.split(';').map((part) => part.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    weights.set(coding, weight === undefined ? 1 : Number(weight) || 0)
  }
  return weights
}
