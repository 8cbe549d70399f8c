import { sql } from 'kysely'
import type { Offer } from '#catalog'
import { transaction, type Db } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import type { Caller } from '#platform/access'
import { deliverEvents, expectResponse, openTestApi, testDatabase } from '#platform/testing'
import { hours, newId, systemClock } from '#platform/values'
import type { FindCouponInput, FindCouponOutcome, PromotionsApi, Quote, QuoteInput } from '#promotions/api'
import { quoteWithout } from '#promotions/quote'
import { cart } from './index.ts'
import type { Pricing } from './priced-cart.ts'
import { CartView, type Line } from './schema.ts'

type Tea = Readonly<{ variants?: number; price?: number; available?: number | null }>

/**
 * Opens the module on a database of its own, with the tables of catalog and a pool of `size` connections. A guest is named by
 * the cart token.
 */
export async function openCartTest({ size = 10 }: Readonly<{ size?: number }> = {}) {
  const { db, close } = await testDatabase({ size })
  const stubs: Stubs = {}
  const pricing = { catalog: offersFrom(db), promotions: stubbedPromotions(stubs) }
  const needs = { db, now: systemClock, ...pricing, pricing, abandonedAfter: hours(4) }
  const module = cart(needs)
  const api = await openTestApi([module])
  const add = (caller: Caller, body: Line, token?: string) =>
    api.send(caller, 'POST /cart/items', { body, headers: headersOf(token) })
  return {
    db,
    needs,
    stubs,
    module,
    send: api.send,
    add,
    added: async (caller: Caller, body: Line, token?: string) =>
      expectResponse(await add(caller, body, token), 200, CartView),
    show: async (caller: Caller, token?: string) =>
      expectResponse(await api.send(caller, 'GET /cart', { headers: headersOf(token) }), 200, CartView),
    /** Inserts a product with active variants and returns their ids. */
    sellTea: (tea: Tea = {}) => insertTea(db, tea),
    publish: (...events: readonly NewEvent[]) => transaction(db, (tx) => publish(tx, events)),
    deliver: (delivery?: Readonly<{ together: boolean }>) => deliverEvents(db, [module], delivery),
    close: async () => {
      await api.close()
      await close()
    },
  }
}

type Stubs = {
  /** The answer of promotions to `quote`; no discount by default. */
  quote?: (input: QuoteInput) => Quote | undefined
  /** The answer to `findCoupon`; every code exists by default. */
  findCoupon?: (input: FindCouponInput) => FindCouponOutcome
}

const stubbedPromotions = (stubs: Stubs): Pick<PromotionsApi, 'factsOf' | 'quote' | 'findCoupon'> => ({
  factsOf: async () => ({ isFirstOrder: true }),
  findCoupon: async (input) => stubs.findCoupon?.(input) ?? { kind: 'found', code: input.code.toUpperCase() },
  quote: async (input) => stubs.quote?.(input) ?? withoutDiscount(input),
})

/** The price of goods without promotions. The stub gives a coupon no discount. */
export const withoutDiscount = (input: QuoteInput): Quote => ({
  ...quoteWithout(input),
  coupon: input.coupon === null ? null : { code: input.coupon, reason: 'below-minimum' },
})

export type CartTest = Awaited<ReturnType<typeof openCartTest>>

/** `[variant_id, quantity]` of every item. */
export const linesOf = ({ items }: CartView) => items.map(({ variant_id, quantity }) => [variant_id, quantity])

/** How many sessions wait for a lock. */
export async function countLockWaits(db: Db): Promise<number | undefined> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  `.execute(db)
  return rows[0]?.count
}

const headersOf = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { 'x-cart-token': token }

async function insertTea(db: Db, { variants = 1, price = 50_000, available = 10 }: Tea): Promise<string[]> {
  const text = (both: string) => JSON.stringify({ ru: both, en: both })
  const product_id = newId()
  await sql`
    insert into catalog.types (code, plural, name) values ('tea', 'teas', ${text('Tea')}) on conflict do nothing
  `.execute(db)
  await sql`
    insert into catalog.products (id, type_code, slug, name, description, is_active, created_at, updated_at)
    values (${product_id}, 'tea', ${`tea-${product_id}`}, ${text('Da Hong Pao')}, ${text('')}, true, now(), now())
  `.execute(db)
  const ids = Array.from({ length: variants }, newId)
  for (const [position, id] of ids.entries()) {
    await sql`
      insert into catalog.variants (id, product_id, kind, sku, title, price, currency, weight_grams, is_active, position)
      values (${id}, ${product_id}, 'plain', ${id}, ${text('100 g')}, ${price}, 'RUB', 100, true, ${position})
    `.execute(db)
    await sql`
      insert into catalog.stock (variant_id, on_hand, policy)
      values (${id}, ${available ?? 0}, ${available === null ? 'untracked' : 'track'})
    `.execute(db)
  }
  return ids
}

const offersFrom = (db: Db): Pricing['catalog'] => ({
  offersOf: async (variant_ids, over = db) => {
    const { rows } = await sql<Offer>`
      select variants.id as variant_id, product_id, slug, title, image, price, currency, weight_grams,
             case when policy = 'track' then on_hand - reserved end as available
      from catalog.variants join catalog.products on products.id = product_id join catalog.stock on variant_id = variants.id
      where variants.is_active and variants.id = any(${variant_ids})
    `.execute(over)
    return rows
  },
})
