import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { tokenOf, type Owner } from '../owner.ts'
import { priceCart, type Catalog, type ShownCart } from '../priced-cart.ts'
import type { Line } from '../schema.ts'
import { lockCart, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; now: Clock; catalog: Catalog }>

type ChangeItemOutcome = Readonly<{ kind: 'changed'; cart: ShownCart }> | NotFound
export type ChangeItem = (owner: Owner, input: Line) => Promise<ChangeItemOutcome>

/** Changes the quantity of a variant in the owner's cart. */
export const changeItem =
  ({ db, now, catalog }: Needs): ChangeItem =>
  async (owner, { variant_id, quantity }) => {
    const { rows } = await sql<{ lines: readonly Line[] | null }>`
      select cart.change_item(${lockCart(owner, now())}, ${variant_id}, ${quantity}) as lines
    `.execute(db)
    const lines = rows[0]?.lines
    if (!lines) return notFound('cart item')
    return { kind: 'changed', cart: await priceCart(catalog, { lines, cart_token: tokenOf(owner) }) }
  }
