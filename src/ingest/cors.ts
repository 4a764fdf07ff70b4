/** Cross-origin requests of browsers (Fetch standard): who may send, and what a preflight is told. Off unless configured. */
import type { HttpRequest as Head, HttpResponse } from './uws.ts'

export interface CorsOptions {
  /** `https://host`, with at most one `*` for a part of it; `*` alone: any. */
  readonly origins: readonly string[]
  /** Beside those a browser may always send; `*`: any. */
  readonly headers: readonly string[]
}

const ANY = '*'
/** What exporters cannot do without: one who allows an origin means that it can send. */
const USUAL_HEADERS = ['accept', 'content-type', 'content-encoding', 'x-requested-with']

export class Cors {
  readonly #isAnyOrigin: boolean
  readonly #origins: readonly RegExp[]
  readonly #isAnyHeader: boolean
  readonly #headers: ReadonlySet<string>

  constructor({ origins, headers }: CorsOptions) {
    this.#isAnyOrigin = origins.includes(ANY)
    this.#origins = origins.map(patternOf)
    this.#isAnyHeader = headers.includes(ANY)
    this.#headers = new Set([...USUAL_HEADERS, ...headers.map((name) => name.toLowerCase())])
  }

  /** @param origin header value, '' when absent. @returns for Access-Control-Allow-Origin; '' when it may not */
  allow(origin: string): string {
    if (origin === '') return ''
    if (this.#isAnyOrigin) return ANY
    return this.#origins.some((pattern) => pattern.test(origin)) ? origin : ''
  }

  /** Answers OPTIONS; a browser takes the missing permission for a no. Corked: called in the handler itself. */
  preflight(res: HttpResponse, head: Head): void {
    const allowOrigin = this.allow(head.getHeader('origin'))
    const requested = head.getHeader('access-control-request-headers')
    res.writeStatus('204 No Content').writeHeader('Allow', allowedMethods(true))
    res.writeHeader('Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers')
    if (allowOrigin !== '' && this.#allowsAll(requested)) {
      res.writeHeader('Access-Control-Allow-Origin', allowOrigin).writeHeader('Access-Control-Allow-Methods', 'POST')
      if (requested !== '') res.writeHeader('Access-Control-Allow-Headers', requested)
      if (allowOrigin !== ANY) res.writeHeader('Access-Control-Allow-Credentials', 'true')
    }
    res.endWithoutBody()
  }

  #allowsAll(requested: string): boolean {
    if (this.#isAnyHeader || requested === '') return true
    return requested.split(',').every((name) => this.#headers.has(name.trim().toLowerCase()))
  }
}

/** Scheme and host of an origin have no case. */
function patternOf(origin: string): RegExp {
  const [start = '', end] = origin.split(ANY).map((part) => part.replace(/[^\w]/g, '\\$&'))
  return new RegExp(end === undefined ? `^${start}$` : `^${start}.*${end}$`, 'i')
}

/** For the header Allow of the OTLP paths. @param isCorsOn a preflight is answered */
export function allowedMethods(isCorsOn: boolean): string {
  return isCorsOn ? 'POST, OPTIONS' : 'POST'
}

/** The headers that let a page of that origin read an answer. @param allowOrigin '' when it may not */
export function writeCors(res: HttpResponse, allowOrigin: string): void {
  res.writeHeader('Vary', 'Origin')
  if (allowOrigin === '') return
  res
    .writeHeader('Access-Control-Allow-Origin', allowOrigin)
    .writeHeader('Access-Control-Expose-Headers', 'Retry-After')
  if (allowOrigin !== ANY) res.writeHeader('Access-Control-Allow-Credentials', 'true')
}
