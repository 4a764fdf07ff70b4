/**
 * The output space of one transcode call. Nothing is written at or after outputEnd.
 *
 * A field is begun only while `out <= outputLimit`, which leaves RESERVE bytes: enough for a prefix, any scalar, the
 * brackets around them and the 32 bytes that SIMD stores write beyond what counts. What grows with the input (text,
 * hex, base64, packed) asks for its own room.
 */
export const RESERVE: usize = 192

export let outputEnd: usize = 0
export let outputLimit: usize = 0
/** no input byte at or after this one is loaded: SIMD loads may look beyond a string, never beyond the input */
export let inputEnd: usize = 0

export function setOutputEnd(end: usize): void {
  outputEnd = end
  outputLimit = end - RESERVE
}

export function setInputEnd(end: usize): void {
  inputEnd = end
}

/**
 * From `out` on: where a JSON string stands without its escapes, and large numbers are computed, beyond what the field writes
 * before it has read them.
 */
export const SCRATCH_GAP: usize = 32

/** bytes that text of any length needs besides its own: quotes, comma, SIMD store */
const TEXT_RESERVE: usize = 64

// @ts-ignore: decorator
@inline
export function hasRoom(out: usize, bytes: usize): bool {
  return out < outputEnd && outputEnd - out > TEXT_RESERVE && bytes <= outputEnd - out - TEXT_RESERVE
}
