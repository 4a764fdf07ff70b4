/**
 * What the headers of one request say, read in a single pass: a look-up by name would return the first of two, and a
 * request that says one thing twice may have been meant otherwise by whoever forwarded it.
 *
 * - uWebSockets.js takes the first Content-Length as the length of the body, and any Transfer-Encoding as "chunked".
 * - It gives the names in lower case and the request for the time of the handler only. One object serves all requests of a
 *   server, one after the other.
 */
import type { Cors } from './cors.ts'
import type { HttpRequest as Head } from './uws.ts'

/** Body of unknown length. */
export const CHUNKED = -1

/** Headers that may be there once. */
const ONCE = { HOST: 1, CONTENT_TYPE: 2, CONTENT_LENGTH: 4, TRANSFER_ENCODING: 8 } as const

export class HttpHead {
  contentType = ''
  /** Several are joined as the list that they are. */
  contentEncoding = ''
  acceptEncoding = ''
  /** CHUNKED, or the Content-Length; 0 when neither is there. */
  bodyBytes = 0
  /** The headers contradict one another, or do not say where the body ends. */
  isMalformed = false
  /** As Cors.allow returns it; undefined when CORS is off. */
  allowOrigin: string | undefined
  readonly #cors: Cors | undefined
  #origin = ''
  #seen = 0

  constructor(cors: Cors | undefined) {
    this.#cors = cors
  }

  read(head: Head): void {
    this.contentType = ''
    this.contentEncoding = ''
    this.acceptEncoding = ''
    this.bodyBytes = 0
    this.isMalformed = false
    this.#origin = ''
    this.#seen = 0
    head.forEach(this.#take)
    if (this.#cors !== undefined) this.allowOrigin = this.#cors.allow(this.#origin)
  }

  readonly #take = (name: string, value: string): void => {
    switch (name) {
      case 'host':
        this.#once(ONCE.HOST)
        break
      case 'content-type':
        this.#once(ONCE.CONTENT_TYPE)
        this.contentType = value
        break
      case 'content-length':
        this.#once(ONCE.CONTENT_LENGTH)
        this.#length(value)
        break
      case 'content-encoding':
        this.contentEncoding = this.contentEncoding === '' ? value : `${this.contentEncoding}, ${value}`
        break
      case 'transfer-encoding':
        this.#once(ONCE.TRANSFER_ENCODING)
        this.#transfer(value)
        break
      case 'accept-encoding':
        this.acceptEncoding = this.acceptEncoding === '' ? value : `${this.acceptEncoding}, ${value}`
        break
      case 'origin':
        this.#origin = value
        break
    }
  }

  #once(header: number): void {
    if ((this.#seen & header) !== 0) this.isMalformed = true
    this.#seen |= header
  }

  /** uWebSockets.js refuses anything but digits; an empty value passes it. */
  #length(value: string): void {
    if (value === '') this.isMalformed = true
    this.bodyBytes = Number(value)
  }

  #transfer(value: string): void {
    if (value.toLowerCase() !== 'chunked') this.isMalformed = true
    this.bodyBytes = CHUNKED
  }
}
