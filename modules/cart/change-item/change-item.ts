import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { Owner } from '../owner.ts'
import type { Line } from '../schema.ts'
import { lockCart, type CartTables } from '../store.ts'

type Needs = Readonly<{ db: Kysely<CartTables>; now: Clock }>

type ChangeItemOutcome = Readonly<{ kind: 'changed' }> | NotFound
export type ChangeItem = (owner: Owner, input: Line) => Promise<ChangeItemOutcome>

/** Changes the quantity of a variant in the owner's cart. */
export const changeItem =
  ({ db, now }: Needs): ChangeItem =>
  (owner, { variant_id, quantity }) =>
    transaction(db, async (tx) => {
      const cart_id = await lockCart(tx, owner, now())
      const changed =
        cart_id !== undefined &&
        (await tx
          .updateTable('cart.items')
          .set({ quantity })
          .where('cart_id', '=', cart_id)
          .where('variant_id', '=', variant_id)
          .returning('variant_id')
          .executeTakeFirst())
      return changed ? { kind: 'changed' } : notFound('cart item')
    })
