import type { Kysely } from 'kysely'
import type { CatalogApi } from '#catalog'
import { transaction } from '#platform/db'
import type { StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { add, withLine, type AddOutcome } from '../cart.ts'
import type { Owner } from '../owner.ts'
import { priced, type ShownCart } from '../priced-cart.ts'
import type { Line } from '../schema.ts'
import { findCartId, listLines, lockOrInsertCart, saveLines, type CartTables } from '../store.ts'

type Needs = Readonly<{ db: Kysely<CartTables>; now: Clock; catalog: Pick<CatalogApi, 'offersOf'> }>

export type ItemAdded = Readonly<{ kind: 'added'; cart: ShownCart }>
export type AddItemOutcome =
  | ItemAdded
  | Exclude<AddOutcome, { kind: 'added' }>
  | Readonly<{ kind: 'refused'; reason: 'not-for-sale'; variant_ids: readonly string[] }>
export type AddItem = (owner: Owner, input: Line, storeResponse: StoreResponse<ItemAdded>) => Promise<AddItemOutcome>

/** Adds pieces of a variant to the owner's cart. */
export const addItem =
  ({ db, now, catalog }: Needs): AddItem =>
  async (owner, input, storeResponse) => {
    const notForSale = { kind: 'refused', reason: 'not-for-sale', variant_ids: [input.variant_id] } as const
    const known_id = await findCartId(db, owner)
    const before = known_id === undefined ? [] : await listLines(db, known_id)
    const variants = new Set([...before.map(({ variant_id }) => variant_id), input.variant_id])
    const offers = await catalog.offersOf([...variants])
    if (!offers.some((offer) => offer.variant_id === input.variant_id)) return notForSale

    return await transaction(db, async (tx) => {
      const { cart_id, cart_token } = await lockOrInsertCart(tx, owner, now())
      const lines = await listLines(tx, cart_id)
      const outcome = add(lines, { ...input, added_at: now() })
      if (outcome.kind === 'refused') return outcome

      const [saved] = await saveLines(tx, cart_id, [outcome.line])
      if (saved === undefined) return notForSale
      // A line that another tab added since `before` has no offer here: it is in the cart, and the next response shows it.
      const cart = { ...priced(withLine(lines, outcome.line), offers), cart_token }
      const added: ItemAdded = { kind: 'added', cart }
      await storeResponse(tx, added)
      return added
    })
  }
