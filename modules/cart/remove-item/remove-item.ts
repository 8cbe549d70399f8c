import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import type { Owner } from '../owner.ts'
import { lockCart, type CartTables } from '../store.ts'

type Needs = Readonly<{ db: Kysely<CartTables>; now: Clock }>
export type RemoveItem = (owner: Owner, variant_id: string) => Promise<void>

/** Removes a variant from the owner's cart; a variant that is not in it is no error. */
export const removeItem =
  ({ db, now }: Needs): RemoveItem =>
  (owner, variant_id) =>
    transaction(db, async (tx) => {
      const cart_id = await lockCart(tx, owner, now())
      if (cart_id === undefined) return
      await tx.deleteFrom('cart.items').where('cart_id', '=', cart_id).where('variant_id', '=', variant_id).execute()
    })
