import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import { lockCart, type Holder } from '../carts.ts'
import type { CartTables } from '../tables.ts'

type Needs = { db: Kysely<CartTables>; now: Clock }
export type EmptyCart = (holder: Holder) => Promise<void>

/** Takes everything out of the holder's cart. */
export const emptyCart =
  ({ db, now }: Needs): EmptyCart =>
  (holder) =>
    transaction(db, async (tx) => {
      const cart_id = await lockCart(tx, holder, now())
      if (cart_id !== undefined) await tx.deleteFrom('cart.items').where('cart_id', '=', cart_id).execute()
    })
