import { newId } from '#platform/values'
import type { AnyRequest } from '../routes.ts'

/**
 * The id for what the request creates when the client chose none. All attempts with one Idempotency-Key have the same, so a
 * retry after a crash goes on with what the first attempt began under it. A request without a key gets a new id at each call.
 */
export const operationIdOf = ({ attempt }: AnyRequest): string => attempt?.operation_id ?? newId()
