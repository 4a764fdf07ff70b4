import type { Row } from './row.ts'

export const JSON_ROWS: readonly Row[] = []
