import type { Row } from './row.ts'

export const BODY_ROWS: readonly Row[] = []
