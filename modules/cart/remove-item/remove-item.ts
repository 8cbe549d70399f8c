import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import { lockCart, type Holder } from '../carts.ts'
import type { CartTables } from '../tables.ts'

type Needs = { db: Kysely<CartTables>; now: Clock }
export type RemoveItem = (holder: Holder, variant_id: string) => Promise<void>

/** Takes a variant out of the holder's cart. What is not there is already out. */
export const removeItem =
  ({ db, now }: Needs): RemoveItem =>
  (holder, variant_id) =>
    transaction(db, async (tx) => {
      const cart_id = await lockCart(tx, holder, now())
      if (cart_id === undefined) return
      await tx.deleteFrom('cart.items').where('cart_id', '=', cart_id).where('variant_id', '=', variant_id).execute()
    })
