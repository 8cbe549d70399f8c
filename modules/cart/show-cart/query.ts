import type { Kysely } from 'kysely'
import type { CatalogApi } from '#catalog'
import { cartIdOf, linesIn, type ShowCart } from '../carts.ts'
import { priced } from '../priced-cart.ts'
import type { CartTables } from '../tables.ts'

type Needs = { db: Kysely<CartTables>; catalog: Pick<CatalogApi, 'offersOf'> }

/** A guest's token is answered as it came, known or not: reading tells nobody which tokens exist. */
export const showCart =
  ({ db, catalog }: Needs): ShowCart =>
  async (holder) => {
    const cart_token = holder.kind === 'guest' ? (holder.token ?? null) : null
    const cart_id = await cartIdOf(db, holder)
    const lines = cart_id === undefined ? [] : await linesIn(db, cart_id)
    const offers = lines.length === 0 ? [] : await catalog.offersOf(lines.map(({ variant_id }) => variant_id))
    return { ...priced(lines, offers), cart_token }
  }
