/**
 * Why a payload was not read to its end. Inside the kernel a function that moves on returns its new position; a
 * position below FAULTS_END is a fault, since the first KiB of the memory is never used. The host sees it negated.
 */
export const TRUNCATED: usize = 1
export const BAD_TAG: usize = 2
export const BAD_VARINT: usize = 3
export const TOO_DEEP: usize = 4
export const BAD_UTF8: usize = 5
export const BAD_WIRE_TYPE: usize = 6
export const OUTPUT_FULL: usize = 7
export const BAD_GROUP: usize = 8
/** internal: the request repeats itself out of order too often for the fast path; never reaches the host */
export const START_OVER: usize = 9
/** a JSON text that is no request: json-fault.ts knows why and where */
export const BAD_JSON: usize = 10
/** an id of a wrong length: concerns its item only, as BAD_UTF8 does */
export const BAD_ID: usize = 11
/** no fault: an index into a dictionary that this signal does not have, for which the client gets a warning */
export const STRINDEX: usize = 12

export const FAULTS_END: usize = 32

/** nested messages below the request, as in the official decoders */
export const DEPTH_MAX: i32 = 100
