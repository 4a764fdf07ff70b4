/**
 * An OTLP/JSON text that is not a request: answered with 400 and this message, never retryable.
 *
 * The message is written for the client: where (JSON path, character), what is allowed, what was found.
 */
export class JsonReadError extends Error {
  override readonly name = 'JsonReadError'
}
