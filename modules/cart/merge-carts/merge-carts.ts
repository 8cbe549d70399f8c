import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import { merge } from '../cart.ts'
import { findCartId, listLines, lockCart, lockOrInsertCart, saveLines, type CartTables } from '../store.ts'

type Needs = Readonly<{ db: Kysely<CartTables>; now: Clock }>
export type MergeCarts = (user_id: string, cart_token: string) => Promise<void>

/**
 * Merges a guest's cart into a user's and deletes the guest's, so that a repeat, or ten requests at once, change nothing
 * more. A token that opens no cart is no error: its cart was merged, or never existed.
 */
export const mergeCarts =
  ({ db, now }: Needs): MergeCarts =>
  async (user_id, cart_token) => {
    const guest = { kind: 'guest', token: cart_token } as const
    // Clients send the token even after signing in. For them one indexed read is enough, without a transaction.
    if ((await findCartId(db, guest)) === undefined) return

    await transaction(db, async (tx) => {
      const guest_id = await lockCart(tx, guest, now())
      if (guest_id === undefined) return
      const { cart_id } = await lockOrInsertCart(tx, { kind: 'user', user_id }, now())
      const [own, guests] = [await listLines(tx, cart_id), await listLines(tx, guest_id)]
      const changed = merge(own, guests).filter((line) => !own.includes(line))
      await saveLines(tx, cart_id, changed)
      await tx.deleteFrom('cart.carts').where('id', '=', guest_id).execute()
    })
  }
