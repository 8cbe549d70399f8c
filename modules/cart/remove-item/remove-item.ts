import { sql } from 'kysely'
import type { Clock } from '#platform/values'
import { tokenOf, type Owner } from '../owner.ts'
import { priceCart, type Catalog, type ShownCart } from '../priced-cart.ts'
import type { Line } from '../schema.ts'
import { lockCart, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; now: Clock; catalog: Catalog }>
export type RemoveItem = (owner: Owner, variant_id: string) => Promise<ShownCart>

/** Removes a variant from the owner's cart; a variant that is not in it is no error. */
export const removeItem =
  ({ db, now, catalog }: Needs): RemoveItem =>
  async (owner, variant_id) => {
    const { rows } = await sql<{ lines: readonly Line[] }>`
      select cart.remove_item(${lockCart(owner, now())}, ${variant_id}) as lines
    `.execute(db)
    return await priceCart(catalog, { lines: rows[0]?.lines ?? [], cart_token: tokenOf(owner) })
  }
