import { storingResponse } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { buyerOf, tokenOf, type Owner } from '../owner.ts'
import { priceCart, type Pricing, type ShownCart } from '../priced-cart.ts'
import type { Line } from '../schema.ts'
import { newCartOf, type CartDb } from '../store.ts'
import { insertLine, type LimitReached } from './insert-line.ts'

type Needs = Readonly<{ db: CartDb; now: Clock; pricing: Pricing }>

export type ItemAdded = Readonly<{ kind: 'added'; cart: ShownCart }>
type NotForSale = Refused<'not-for-sale'> & Readonly<{ variant_ids: readonly string[] }>
export type AddItemOutcome = ItemAdded | LimitReached | NotForSale
export type AddItem = (owner: Owner, input: Line, storeResponse: StoreResponse<ItemAdded>) => Promise<AddItemOutcome>

/** Adds pieces of a variant to the owner's cart. */
export const addItem =
  ({ db, now, pricing }: Needs): AddItem =>
  async (owner, input, storeResponse) => {
    const buyer = buyerOf(owner)
    const facts = await pricing.promotions.factsOf(buyer)
    return await storingResponse(db, storeResponse, async (over): Promise<AddItemOutcome> => {
      const outcome = await addLine(over, owner, { input, now: now() })
      if (outcome.kind === 'refused') return outcome
      return { kind: 'added', cart: await priceCart(pricing, { ...outcome, buyer }, { over, facts }) }
    })
  }

type LineAdded = Readonly<{
  kind: 'added'
  lines: readonly Line[]
  coupon: string | null
  cart_token: string | null
}>
type Addition = Readonly<{ input: Line; now: Date }>

/** A refusal inserts no cart, unless the variant is switched off at this moment: then an empty cart stays. */
async function addLine(
  db: CartDb,
  owner: Owner,
  { input, now }: Addition,
): Promise<LineAdded | LimitReached | NotForSale> {
  const fresh = newCartOf(owner)
  const { outcome, coupon } = await insertLine(db, { owner, fresh, input, now })
  if (!outcome) return { kind: 'refused', reason: 'not-for-sale', variant_ids: [input.variant_id] }
  if (outcome.kind === 'refused') return outcome
  const { kind, lines, cart_id } = outcome
  return { kind, lines, coupon, cart_token: cart_id === fresh.id ? fresh.token : tokenOf(owner) }
}
