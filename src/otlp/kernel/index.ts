/** The kernel's two entry points; otlp/kernel-instance.ts is their only caller. */
export { scan } from './scan'
export { transcode } from './transcode'
