import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import type { Line } from '../cart.ts'
import { lockCart, type Holder } from '../carts.ts'
import type { CartTables } from '../tables.ts'

type Needs = { db: Kysely<CartTables>; now: Clock }

export type ChangeItemOutcome = Readonly<{ kind: 'changed' }> | Readonly<{ kind: 'refused'; reason: 'not-in-cart' }>
export type ChangeItem = (holder: Holder, input: Line) => Promise<ChangeItemOutcome>

/** Sets how many pieces of a variant lie in the holder's cart. */
export const changeItem =
  ({ db, now }: Needs): ChangeItem =>
  (holder, { variant_id, quantity }) =>
    transaction(db, async (tx) => {
      const cart_id = await lockCart(tx, holder, now())
      const changed =
        cart_id !== undefined &&
        (await tx
          .updateTable('cart.items')
          .set({ quantity })
          .where('cart_id', '=', cart_id)
          .where('variant_id', '=', variant_id)
          .returning('variant_id')
          .executeTakeFirst())
      return changed ? { kind: 'changed' } : { kind: 'refused', reason: 'not-in-cart' }
    })
