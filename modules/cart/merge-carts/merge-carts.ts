import { sql } from 'kysely'
import { withRetry } from '#platform/db'
import type { Clock } from '#platform/values'
import { maxLines, maxPieces } from '../schema.ts'
import { hashOf, noLines, type CartDb, type VersionedLines } from '../store.ts'

type Needs = Readonly<{ db: CartDb; now: Clock }>
export type MergeCarts = (user_id: string, cart_token: string) => Promise<VersionedLines>

/**
 * Merges a guest's cart into a user's, deletes the guest's, and returns the user's lines. A repeat, or ten requests at once,
 * change nothing more. A token that opens no cart is no error: its cart was merged, or never existed. Clients send the token
 * even after signing in: for them the one statement reads and writes nothing.
 */
export const mergeCarts =
  ({ db, now }: Needs): MergeCarts =>
  (user_id, cart_token) =>
    // It locks several variants, as a product that is switched off does, so the two may deadlock.
    withRetry(async () => {
      const { rows } = await sql<{ merged: VersionedLines | null }>`
        select cart.merge_carts(${user_id}, ${hashOf(cart_token)}, ${now()}, ${maxLines}, ${maxPieces}) as merged
      `.execute(db)
      return rows[0]?.merged ?? noLines
    })
