import type { Row } from './row.ts'

export const GRPC_ROWS: readonly Row[] = []
