import type { Kysely } from 'kysely'
import type { CatalogApi } from '#catalog'
import type { ShowCart } from '../cart-view.ts'
import { priced } from '../priced-cart.ts'
import { findCartId, listLines, type CartTables } from '../store.ts'

type Needs = Readonly<{ db: Kysely<CartTables>; catalog: Pick<CatalogApi, 'offersOf'> }>

/** The response repeats a guest's token, known or not, so that it does not reveal which tokens exist. */
export const showCart =
  ({ db, catalog }: Needs): ShowCart =>
  async (owner) => {
    const cart_token = owner.kind === 'guest' ? (owner.token ?? null) : null
    const cart_id = await findCartId(db, owner)
    const lines = cart_id === undefined ? [] : await listLines(db, cart_id)
    const offers = lines.length === 0 ? [] : await catalog.offersOf(lines.map(({ variant_id }) => variant_id))
    return { ...priced(lines, offers), cart_token }
  }
