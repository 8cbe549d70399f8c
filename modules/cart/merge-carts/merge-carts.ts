import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import { merge } from '../cart.ts'
import { cartIdOf, keepLines, linesIn, lockCart, openCart } from '../carts.ts'
import type { CartTables } from '../tables.ts'

type Needs = { db: Kysely<CartTables>; now: Clock }
export type MergeCarts = (user_id: string, cart_token: string) => Promise<void>

/**
 * Brings a guest's cart into an account's; the guest's is gone afterwards, so that a repeat, or the same request ten
 * times at once, changes nothing more. A token that opens no cart is no fault: it has been merged, or never was.
 */
export const mergeCarts =
  ({ db, now }: Needs): MergeCarts =>
  async (user_id, cart_token) => {
    const guest = { kind: 'guest', token: cart_token } as const
    // Clients go on sending the token after signing in: one indexed read ends it, without a transaction.
    if ((await cartIdOf(db, guest)) === undefined) return

    await transaction(db, async (tx) => {
      const guest_id = await lockCart(tx, guest, now())
      if (guest_id === undefined) return
      const { cart_id } = await openCart(tx, { kind: 'person', user_id }, now())
      const [mine, guests] = [await linesIn(tx, cart_id), await linesIn(tx, guest_id)]
      const changed = merge(mine, guests).filter((line) => !mine.includes(line))
      await keepLines(tx, cart_id, changed)
      await tx.deleteFrom('cart.carts').where('id', '=', guest_id).execute()
    })
  }
