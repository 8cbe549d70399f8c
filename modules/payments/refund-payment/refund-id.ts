import { createHash } from 'node:crypto'

/**
 * The id of a refund that is requested under an Idempotency-Key: a UUIDv8 of caller, payment and key. A repeat after a
 * crash has the same id, so it finishes the requested refund and requests no second one.
 */
export function refundIdOf(parts: Readonly<{ caller: string; payment_id: string; key: string }>): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([parts.caller, parts.payment_id, parts.key]))
    .digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
