import type { Row } from './row.ts'

export const DATA_ROWS: readonly Row[] = []
