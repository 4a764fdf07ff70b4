/** Every row of the suite, in the order of the published table. */
import { ADMIN_ROWS } from './admin.ts'
import { BODY_ROWS } from './body.ts'
import { CONDITION_ROWS } from './conditions.ts'
import { DATA_ROWS } from './data.ts'
import { GENERAL_ROWS } from './general.ts'
import { GRPC_ROWS } from './grpc.ts'
import { HTTP_ROWS } from './http.ts'
import { JSON_ROWS } from './json.ts'
import type { Row } from './row.ts'

const FAMILIES = ['C', 'H', 'B']

export const CATALOG: readonly Row[] = [
  ...GENERAL_ROWS,
  ...GRPC_ROWS,
  ...HTTP_ROWS,
  ...JSON_ROWS,
  ...DATA_ROWS,
  ...BODY_ROWS,
  ...CONDITION_ROWS,
  ...ADMIN_ROWS,
].sort((a, b) => place(a) - place(b))

function place({ id }: Row): number {
  return FAMILIES.indexOf(id[0]!) * 1000 + Number(id.slice(1))
}
