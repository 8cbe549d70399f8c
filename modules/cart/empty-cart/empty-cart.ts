import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import type { Owner } from '../owner.ts'
import { lockCart, type CartTables } from '../store.ts'

type Needs = Readonly<{ db: Kysely<CartTables>; now: Clock }>
export type EmptyCart = (owner: Owner) => Promise<void>

/** Removes all items from the owner's cart. */
export const emptyCart =
  ({ db, now }: Needs): EmptyCart =>
  (owner) =>
    transaction(db, async (tx) => {
      const cart_id = await lockCart(tx, owner, now())
      if (cart_id !== undefined) await tx.deleteFrom('cart.items').where('cart_id', '=', cart_id).execute()
    })
