import type { Kysely } from 'kysely'
import type { CatalogApi } from '#catalog'
import { transaction } from '#platform/db'
import type { StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { add, withLine, type Adding, type Line } from '../cart.ts'
import { cartIdOf, keepLines, linesIn, openCart, type Holder } from '../carts.ts'
import { priced, type ShownCart } from '../priced-cart.ts'
import type { CartTables } from '../tables.ts'

type Needs = { db: Kysely<CartTables>; now: Clock; catalog: Pick<CatalogApi, 'offersOf'> }

export type ItemAdded = Readonly<{ kind: 'added'; cart: ShownCart }>
export type AddItemOutcome =
  | ItemAdded
  | Exclude<Adding, { kind: 'added' }>
  | Readonly<{ kind: 'refused'; reason: 'not-for-sale'; variant_ids: readonly string[] }>
export type AddItem = (holder: Holder, input: Line, storeResponse: StoreResponse<ItemAdded>) => Promise<AddItemOutcome>

/** Puts pieces of a variant into the holder's cart, on top of those that lie there. */
export const addItem =
  ({ db, now, catalog }: Needs): AddItem =>
  async (holder, input, storeResponse) => {
    const notForSale = { kind: 'refused', reason: 'not-for-sale', variant_ids: [input.variant_id] } as const
    const cart_id = await cartIdOf(db, holder)
    const seen = cart_id === undefined ? [] : await linesIn(db, cart_id)
    const asked = new Set([...seen.map(({ variant_id }) => variant_id), input.variant_id])
    const offers = await catalog.offersOf([...asked])
    if (!offers.some((offer) => offer.variant_id === input.variant_id)) return notForSale

    return await transaction(db, async (tx) => {
      const open = await openCart(tx, holder, now())
      const lines = await linesIn(tx, open.cart_id)
      const commutative = add(lines, { ...input, added_at: now() })
      if (commutative.kind === 'refused') return commutative

      const [kept] = await keepLines(tx, open.cart_id, [commutative.line])
      if (kept === undefined) return notForSale
      // A line that another tab added since `seen` has no offer here; it is in the cart and shown next time.
      const cart = { ...priced(withLine(lines, commutative.line), offers), cart_token: open.cart_token }
      const added: ItemAdded = { kind: 'added', cart }
      await storeResponse(tx, added)
      return added
    })
  }
