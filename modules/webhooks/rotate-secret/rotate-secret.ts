import { randomBytes } from 'node:crypto'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Seal } from '#platform/seal'
import { after, hours, type Clock } from '#platform/values'
import { maxSecrets, secretOf } from '../secret.ts'
import { insertSecret, listSecrets, lockEndpoint, type WebhooksDb } from '../store.ts'

type Needs = Readonly<{ db: WebhooksDb; now: Clock; seal: Seal }>

/** `previous_secret_expires_at` is null when no previous secret signs any more. */
export type RotatedSecret = Readonly<{ kind: 'rotated'; secret: string; previous_secret_expires_at: Date | null }>
export type RotateSecretOutcome = RotatedSecret | NotFound | Refused<'too-many-secrets'>

type RotateInput = Readonly<{ id: string; overlap_hours: number }>
export type RotateSecret = (
  input: RotateInput,
  storeResponse: StoreResponse<RotatedSecret>,
) => Promise<RotateSecretOutcome>

/**
 * Gives an endpoint another secret. Its requests have the signatures of both until the receiver has had time to change over;
 * without an overlap every earlier secret ends at once, as after a theft.
 */
export const rotateSecret =
  ({ db, now, seal }: Needs): RotateSecret =>
  async ({ id, overlap_hours }, storeResponse) =>
    await transaction(db, async (tx): Promise<RotateSecretOutcome> => {
      const endpoint = await lockEndpoint(tx, id)
      if (!endpoint) return notFound('endpoint')
      const at = now()
      const valid = await listSecrets(tx, endpoint.id, at)
      if (overlap_hours > 0 && valid.length >= maxSecrets) return { kind: 'refused', reason: 'too-many-secrets' }
      const expires_at = overlap_hours > 0 ? after(at, hours(overlap_hours)) : null
      const ended = tx.deleteFrom('webhooks.secrets').where('endpoint_id', '=', endpoint.id)
      if (expires_at === null) await ended.execute()
      else {
        await ended.where('expires_at', '<=', at).execute()
        await tx
          .updateTable('webhooks.secrets')
          .set({ expires_at })
          .where('endpoint_id', '=', endpoint.id)
          .where('expires_at', 'is', null)
          .execute()
      }
      const secret = secretOf(randomBytes(32).toString('base64'))
      await insertSecret(tx, { endpoint_id: endpoint.id, sealed: seal.close(secret), created_at: at })
      const rotated = { kind: 'rotated', secret, previous_secret_expires_at: expires_at } as const
      await storeResponse(tx, rotated)
      return rotated
    })
