/** The kernel's entry points; otlp/kernel-instance.ts is their only caller. */
export { fromJson } from './json'
export { faultAt, faultName, faultReason } from './json-fault'
export { originalSeen } from './json-key'
export { mend } from './mend'
export { scan } from './scan'
export { sift } from './sift'
export { transcode } from './transcode'
