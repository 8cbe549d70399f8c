import { createHmac } from 'node:crypto'
import { sql, type ColumnType, type Generated, type Kysely, type Selectable } from 'kysely'
import { LRUCache } from 'lru-cache'
import { coalesced, type AnyTx } from '#platform/db'
import { mailboxOf, phoneDigitsOf, seconds, type Localized } from '#platform/values'
import type { PromotionBuyer, Quote } from './api.ts'
import type { Promotion } from './promotion.ts'
import type { PromotionKind } from './schema.ts'

/** Goes in as JSON text and comes out parsed. */
type Json<Value> = ColumnType<Value, string, string>
type JsonOrNull<Value> = ColumnType<Value | null, string | null, string | null>

type Promotions = {
  id: string
  code: string | null
  name: Json<Localized>
  kind: PromotionKind
  percent: number | null
  amount: number | null
  currency: string
  minimum_total: number | null
  category_ids: string[]
  first_order: boolean
  combinable: boolean
  max_uses: number | null
  max_uses_per_buyer: number | null
  starts_at: Date | null
  ends_at: Date | null
  is_active: boolean
  returns_use_on_refund: boolean
  uses: Generated<number>
  version: Generated<number>
  created_at: Date
  updated_at: Date
}

type Changes = {
  id: string
  promotion_id: string
  user_id: string | null
  before: JsonOrNull<Record<string, unknown>>
  after: Json<Record<string, unknown>>
  changed_at: Date
}

type Redemptions = {
  order_id: string
  /** `redeemed`: its uses count. `released`: the order was cancelled, or never placed. */
  state: 'redeemed' | 'released'
  is_confirmed: boolean
  claims: number
  input_hash: Buffer
  buyer_keys: string[]
  price: Json<Quote>
  redeemed_at: Date
}

type Uses = { order_id: string; promotion_id: string; discount_amount: number; is_returned: boolean }

type BuyerUses = { promotion_id: string; buyer_key: string; uses: number; max_uses: number | null }

type FirstOrders = { buyer_key: string; order_id: string }

export type PromotionsTables = {
  'promotions.promotions': Promotions
  'promotions.changes': Changes
  'promotions.redemptions': Redemptions
  'promotions.uses': Uses
  'promotions.buyer_uses': BuyerUses
  'promotions.first_orders': FirstOrders
}

export type PromotionsDb = Kysely<PromotionsTables>
export type PromotionRow = Selectable<Promotions>

/** Finds the promotion of a coupon by its code in capitals. Concurrent requests share one statement. */
export const findByCode = coalesced<string, PromotionRow | undefined>(async (db: PromotionsDb, codes) => {
  const rows = await db
    .selectFrom('promotions.promotions')
    .selectAll()
    .where('code', '=', (eb) => eb.fn.any(eb.val(codes)))
    .execute()
  const byCode = new Map(rows.map((row) => [row.code, row]))
  return codes.map((code) => byCode.get(code))
})

export const listByIds = async (db: PromotionsDb, ids: readonly string[]): Promise<readonly PromotionRow[]> =>
  await db
    .selectFrom('promotions.promotions')
    .selectAll()
    .where('id', '=', (eb) => eb.fn.any(eb.val(ids)))
    .execute()

/** Finds the keys by which the uses of a buyer count. */
export type BuyerKeysOf = (buyer: PromotionBuyer) => readonly string[]

/**
 * An account counts by itself, and everybody by the e-mail and the phone of the order: accounts are free, and one person could
 * use a coupon for first orders with a new account each time. The keys outlive the order and the account, so contacts are
 * stored as hashes under a secret: ten digits of a phone would be found from a plain hash in seconds.
 */
export const buyerKeys =
  (secret: string): BuyerKeysOf =>
  ({ user_id, email, phone }) => {
    const hashOf = (contact: string) => createHmac('sha256', secret).update(contact).digest('base64url')
    const mailbox = mailboxOf(email ?? '')
    const digits = phoneDigitsOf(phone ?? '')
    return [
      ...(user_id === null ? [] : [accountKeyOf(user_id)]),
      ...(mailbox === undefined ? [] : [`email:${hashOf(mailbox)}`]),
      ...(digits === undefined ? [] : [`phone:${hashOf(digits)}`]),
    ]
  }

export const accountKeyOf = (user_id: string): string => `account:${user_id.toLowerCase()}`

type BuyerUsesOf = Readonly<{
  promotion_ids: readonly string[]
  buyer_keys: readonly string[]
  /** The order that is redeemed; null for a quote. */
  order_id: string | null
}>

/** `uses`: by promotion, the most that any of the keys has. `hasFirstOrder`: another order has a discount for first orders. */
type UsesOfBuyer = Readonly<{ uses: ReadonlyMap<string, number>; hasFirstOrder: boolean }>

/** The uses of a buyer. */
export async function listBuyerUses(
  db: PromotionsDb,
  { promotion_ids, buyer_keys, order_id }: BuyerUsesOf,
): Promise<UsesOfBuyer> {
  if (promotion_ids.length === 0 || buyer_keys.length === 0) return { uses: new Map(), hasFirstOrder: false }
  const { rows } = await sql<{ promotion_id: string | null; uses: number }>`
    select promotion_id, max(uses) as uses from promotions.buyer_uses
    where promotion_id = any(${promotion_ids}::uuid[]) and buyer_key = any(${buyer_keys}::text[])
    group by promotion_id
    union all
    select null, 1 from promotions.first_orders
    where buyer_key = any(${buyer_keys}::text[]) and order_id is distinct from ${order_id}::uuid
  `.execute(db)
  const counted = rows.flatMap(({ promotion_id, uses }) =>
    promotion_id === null ? [] : [[promotion_id, uses] as const],
  )
  return { uses: new Map(counted), hasFirstOrder: counted.length < rows.length }
}

/** The promotions that concern orders without a coupon. They are cached, because every cart and every order needs them. */
export type ActivePromotions = Readonly<{
  list: () => Promise<Active>
  /** Call it after the commit of a change to a promotion. */
  clear: () => void
}>

type Active = Readonly<{
  /** Those without a code. */
  automatic: readonly Promotion[]
  /** One of them, or any coupon, is for first orders only. */
  hasFirstOrder: boolean
}>

const key = 'all'

export function activePromotions(db: PromotionsDb, ttl = seconds(5)): ActivePromotions {
  // Promises, so that a burst of orders runs one query, and a query that began before `clear` is not stored after it.
  const cache = new LRUCache<string, Promise<Active>>({ max: 1, ttl })
  return {
    list: () => {
      const cached = cache.get(key)
      if (cached) return cached
      const query = listActive(db)
      cache.set(key, query)
      query.catch(() => cache.get(key) === query && cache.delete(key))
      return query
    },
    clear: () => cache.clear(),
  }
}

/** One coupon stands for all that are for first orders. */
async function listActive(db: PromotionsDb): Promise<Active> {
  const { rows } = await sql<PromotionRow>`
    select * from promotions.promotions
    where is_active and (code is null or id = (
      select id from promotions.promotions where is_active and first_order and code is not null limit 1))
    order by id limit 1000
  `.execute(db)
  return {
    automatic: rows.filter(({ code }) => code === null),
    hasFirstOrder: rows.some(({ first_order }) => first_order),
  }
}

type Returned = Readonly<{ order_ids: readonly string[]; which: 'all' | 'after-refund' }>

/**
 * Returns the uses of orders whose redemptions are locked: all, or only those of promotions that say so after a refund. A use
 * returns once. Promotions are locked in id order, as a redemption locks them, and the uses of buyers change under these locks.
 */
async function returnUses(tx: AnyTx, { order_ids, which }: Returned): Promise<void> {
  if (order_ids.length === 0) return
  await sql`
    with returned as (
      update promotions.uses used set is_returned = true
      where order_id = any(${order_ids}::uuid[]) and not is_returned and (${which} = 'all' or promotion_id in (
        select id from promotions.promotions where returns_use_on_refund))
      returning order_id, promotion_id
    ), locked as materialized (
      select promotion.id, returned.uses from promotions.promotions promotion
      join (select promotion_id, count(*)::int as uses from returned group by promotion_id) as returned
        on returned.promotion_id = promotion.id
      order by promotion.id for no key update of promotion
    ), counted as (
      update promotions.promotions promotion set uses = promotion.uses - locked.uses
      from locked where promotion.id = locked.id
    ), of_buyers as (
      select promotion_id, buyer_key, count(*)::int as uses
      from returned join locked on locked.id = returned.promotion_id
        join promotions.redemptions redemption using (order_id), unnest(redemption.buyer_keys) as buyer_key
      group by promotion_id, buyer_key
    )
    update promotions.buyer_uses own set uses = own.uses - of_buyers.uses
    from of_buyers where own.promotion_id = of_buyers.promotion_id and own.buyer_key = of_buyers.buyer_key
  `.execute(tx)
}

/**
 * Locks redemptions. An account may claim the order of a guest while a refund returns its uses: only a statement that starts
 * under the lock sees the buyers and the uses that the other transaction has saved.
 */
export const lockRedemptions = async (tx: AnyTx, order_ids: readonly string[]) =>
  await sql`
    select from promotions.redemptions where order_id = any(${order_ids}::uuid[]) order by order_id for update
  `.execute(tx)

/** Returns the uses of refunded orders, of the promotions that say so. */
export async function returnUsesAfterRefund(tx: AnyTx, order_ids: readonly string[]): Promise<void> {
  await lockRedemptions(tx, order_ids)
  await returnUses(tx, { order_ids, which: 'after-refund' })
}

const deleteFirstOrders = async (tx: AnyTx, order_ids: readonly string[]) =>
  await sql`delete from promotions.first_orders where order_id = any(${order_ids}::uuid[])`.execute(tx)

/** Releases redemptions and returns all their uses. A released redemption stays as it is. */
export async function releaseRedemptions(tx: AnyTx, order_ids: readonly string[]): Promise<void> {
  const { rows } = await sql<{ order_id: string }>`
    update promotions.redemptions set state = 'released', is_confirmed = false
    where order_id = any(array(
      select order_id from promotions.redemptions
      where order_id = any(${order_ids}::uuid[]) and state = 'redeemed' order by order_id for update))
      and state = 'redeemed'
    returning order_id
  `.execute(tx)
  const released = rows.map(({ order_id }) => order_id)
  await returnUses(tx, { order_ids: released, which: 'all' })
  if (released.length > 0) await deleteFirstOrders(tx, released)
}
