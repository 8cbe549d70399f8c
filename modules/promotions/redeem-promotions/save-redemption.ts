import { sql } from 'kysely'
import { coalesced } from '#platform/db'
import type { Refused } from '#platform/outcome'
import type { Quote } from '../api.ts'
import type { PromotionsTx } from '../store/tables.ts'

type Order = Readonly<{ order_id: string; input_hash: Buffer; redeemed_at: Date }>

export type NewRedemption = Order &
  Readonly<{
    buyer_keys: readonly string[]
    quote: Quote
    /** The discount was computed from the terms of this `version`. */
    uses: readonly Readonly<{ promotion_id: string; discount_amount: number; version: number }>[]
  }>

/** `short`: a limit was reached meanwhile, or staff changed a promotion; nothing was saved. */
type SavedRedemption = Readonly<{ kind: 'redeemed'; quote: Quote }> | Refused<'id-taken'> | Refused<'short'>

type Row = Readonly<{
  is_new: boolean | null
  price: Quote | null
  counted: number
  counted_for_buyer: number
  /** False when another order of the buyer has a discount for first orders. */
  is_first: boolean
}>

/**
 * Inserts the redemption and counts its uses, or claims the redemption that an earlier attempt inserted. The row of the order
 * comes first: a second call for the same order waits for it and counts nothing. Then the promotions are locked in id order,
 * so that no two orders wait for each other, and the uses of the buyer follow under these locks. Each use is counted on the
 * newest row under its limit, because PostgreSQL evaluates the condition again after the wait. The last lock is the key of the
 * buyer: promotions for first orders give one order their discount, whichever of them the other orders use.
 */
export async function saveRedemption(tx: PromotionsTx, redemption: NewRedemption): Promise<SavedRedemption> {
  const { order_id, input_hash, buyer_keys, quote, uses, redeemed_at } = redemption
  const { rows } = await sql<Row>`
      with requested as (
        select * from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb)
          as requested(promotion_id uuid, discount_amount bigint, version integer)
      ), redeemed as (
        insert into promotions.redemptions as earlier (order_id, state, input_hash, buyer_keys, price, redeemed_at)
        values (${order_id}, 'redeemed', ${input_hash}, ${buyer_keys}::text[], ${JSON.stringify(quote)}::jsonb, ${redeemed_at})
        on conflict (order_id) do update set
          state = 'redeemed',
          claims = case when earlier.state = 'redeemed' then earlier.claims + 1 else 1 end,
          input_hash = excluded.input_hash,
          buyer_keys = case when earlier.state = 'redeemed' then earlier.buyer_keys else excluded.buyer_keys end,
          price = case when earlier.state = 'redeemed' then earlier.price else excluded.price end,
          redeemed_at = greatest(earlier.redeemed_at, excluded.redeemed_at)
        where earlier.state = 'released' or earlier.input_hash = excluded.input_hash
        returning old.order_id is null or old.state = 'released' as is_new, price
      ), locked as materialized (
        select promotion.id from promotions.promotions promotion join requested on requested.promotion_id = promotion.id
        where (select is_new from redeemed) order by promotion.id for no key update of promotion
      ), counted as (
        update promotions.promotions promotion set uses = promotion.uses + 1
        from locked join requested on requested.promotion_id = locked.id
        where promotion.id = locked.id and promotion.version = requested.version and promotion.is_active
          and (promotion.max_uses is null or promotion.uses < promotion.max_uses)
        returning promotion.id, promotion.max_uses_per_buyer, promotion.first_order, requested.discount_amount
      ), counted_for_buyer as (
        insert into promotions.buyer_uses as earlier (promotion_id, buyer_key, uses, max_uses)
        select counted.id, buyer_key, 1, counted.max_uses_per_buyer
        from counted, unnest(${buyer_keys}::text[]) as buyer_key order by 1, 2
        on conflict (promotion_id, buyer_key) do update set uses = earlier.uses + 1, max_uses = excluded.max_uses
        where excluded.max_uses is null or earlier.uses < excluded.max_uses
        returning buyer_key
      ), first_for_buyer as (
        insert into promotions.first_orders as earlier (buyer_key, order_id)
        select buyer_key, ${order_id}::uuid from unnest(${buyer_keys}::text[]) as buyer_key
        where exists (select from counted where first_order) and (select count(*) from counted_for_buyer) > 0 order by 1
        on conflict (buyer_key) do update set order_id = excluded.order_id where earlier.order_id = excluded.order_id
        returning buyer_key
      ), used as (
        insert into promotions.uses (order_id, promotion_id, discount_amount)
        select ${order_id}::uuid, id, discount_amount from counted
        on conflict (order_id, promotion_id) do update
          set is_returned = false, discount_amount = excluded.discount_amount
      )
      select (select is_new from redeemed) as is_new, (select price from redeemed) as price,
        (select count(*) from counted) as counted, (select count(*) from counted_for_buyer) as counted_for_buyer,
        not exists (select from counted where first_order)
          or (select count(*) from first_for_buyer) = cardinality(${buyer_keys}::text[]) as is_first
    `.execute(tx)
  const { is_new, price, counted, counted_for_buyer, is_first } = rows[0]!
  if (is_new === null || price === null) return { kind: 'refused', reason: 'id-taken' }
  if (!is_new) return { kind: 'redeemed', quote: price }
  const isCounted = counted === uses.length && counted_for_buyer === uses.length * buyer_keys.length
  return isCounted && is_first ? { kind: 'redeemed', quote } : { kind: 'refused', reason: 'short' }
}

/**
 * Claims the redemption of an earlier attempt to place the order, and returns its price; undefined without one. Concurrent
 * requests share one statement: every order that is too late for a coupon runs it.
 */
export const claimRedemption = coalesced<Order, Quote | undefined>(async (db, orders) => {
  const { rows } = await sql<{ order_id: string; price: Quote }>`
    with claim as (
      select order_id, decode(input_hash, 'hex') as input_hash, max(redeemed_at) as redeemed_at, count(*)::int as claims
      from jsonb_to_recordset(${JSON.stringify(orders.map(recordOf))}::jsonb)
        as sent(order_id uuid, input_hash text, redeemed_at timestamptz)
      group by order_id, input_hash
    )
    update promotions.redemptions redemption set claims = redemption.claims + claim.claims,
      redeemed_at = greatest(redemption.redeemed_at, claim.redeemed_at)
    from claim where redemption.order_id = claim.order_id and redemption.order_id = any(${orders.map(({ order_id }) => order_id)}::uuid[])
      and redemption.state = 'redeemed' and redemption.input_hash = claim.input_hash
    returning redemption.order_id, redemption.price
  `.execute(db)
  const byOrder = new Map(rows.map(({ order_id, price }) => [order_id, price]))
  return orders.map(({ order_id }) => byOrder.get(order_id.toLowerCase()))
})

const recordOf = ({ order_id, input_hash, redeemed_at }: Order) => ({
  order_id,
  input_hash: input_hash.toString('hex'),
  redeemed_at,
})
