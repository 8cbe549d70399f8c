import type { ProductCategories } from '#catalog'
import { transaction } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import type { Rates } from '#platform/limits'
import {
  assertNoViolations,
  deliverEvents,
  expectResponse,
  olga,
  openTestApi,
  runJob,
  testDatabase,
} from '#platform/testing'
import { after, newId } from '#platform/values'
import type { Quote, QuoteInput, RedeemInput, RedeemOutcome } from './api.ts'
import { promotions } from './index.ts'
import { PromotionView } from './schema.ts'

type Stubs = {
  /** The categories of products in the catalog. */
  categories: ProductCategories[]
  /** The accounts and e-mails that have ordered. */
  buyers: Set<string>
  /** The promotions of orders that ordering has saved and not cancelled. */
  orders: Map<string, readonly string[]>
}

const noLimits: Rates = { kind: 'off' }

/** Two packs of tea at 500 roubles. */
export const tea = { product_id: '0192f3c4-0000-7000-b000-000000000002', price: 50_000, quantity: 2 }
/** A cup at 300 roubles. */
export const cup = { product_id: '0192f3c4-0000-7000-b000-000000000012', price: 30_000, quantity: 1 }

/** Opens the module on a database of its own, with stubs for catalog and ordering and a clock that the test advances. */
export async function openPromotionsTest({ limits = noLimits, size = 10 }: { limits?: Rates; size?: number } = {}) {
  const { db, pool, openSecondDb, close } = await testDatabase({ size })
  let moment = new Date('2026-11-21T09:00:00Z')
  const stubs: Stubs = { categories: [], buyers: new Set(), orders: new Map() }
  const moduleOn = (over: typeof db) =>
    promotions({
      db: over,
      now: () => moment,
      limits,
      buyerKeySecret: 'a secret of the tests for the keys of buyers',
      catalog: { categoriesOf: async (ids) => stubs.categories.filter(({ product_id }) => ids.includes(product_id)) },
      ordering: {
        hasOrdered: async ({ user_id, email }) => stubs.buyers.has(user_id ?? '') || stubs.buyers.has(email ?? ''),
        promotionsOf: async (ids) =>
          ids.flatMap((order_id) => {
            const promotion_ids = stubs.orders.get(order_id)
            return promotion_ids ? [{ order_id, promotion_ids }] : []
          }),
      },
    })
  const module = moduleOn(db)
  const api = await openTestApi([module])
  const redeem = async (input: Partial<RedeemInput> = {}): Promise<RedeemOutcome> =>
    await module.api.redeem(redemption(input))
  return {
    db,
    pool,
    module,
    stubs,
    send: api.send,
    /** The same shop in another process. */
    elsewhere: () => moduleOn(openSecondDb()),
    now: () => moment,
    advance: (milliseconds: number) => {
      moment = after(moment, milliseconds)
    },
    create: async (body: object) =>
      expectResponse(
        await api.send(olga, 'POST /admin/promotions', {
          body: { name: { ru: 'Скидка', en: 'Discount' }, kind: 'percentage', percent: 10, ...body },
        }),
        201,
        PromotionView,
      ),
    usesOf: async (id: string) =>
      expectResponse(await api.send(olga, `GET /admin/promotions/${id}`), 200, PromotionView).uses,
    quote: async (input: Partial<QuoteInput> = {}): Promise<Quote> => {
      const goods = { ...redemption(input), ...input }
      return await module.api.quote({ ...goods, facts: await module.api.factsOf(goods.buyer) })
    },
    redeem,
    /** Publishes events of other modules and delivers them. */
    deliver: async (...events: readonly NewEvent[]) => {
      for (const event of events) await transaction(db, (tx) => publish(tx, [event]))
      return await deliverEvents(db, [module])
    },
    /** Runs the job that confirms the uses of placed orders and returns the others. */
    confirmRedemptions: () => runJob(module, 'promotions.confirm-redemptions'),
    assertNoViolations: () => assertNoViolations(module),
    close: async () => {
      await api.close()
      await close()
    },
  }
}

export type PromotionsTest = Awaited<ReturnType<typeof openPromotionsTest>>

/** The buyer of an order: a new account. */
export const newBuyer = () => ({ user_id: newId(), email: null, phone: null })

type Goods = Omit<Partial<RedeemInput>, 'delivery_fee'> & Readonly<{ delivery_fee?: number | null }>

function redemption({ delivery_fee, ...input }: Goods): RedeemInput {
  return {
    order_id: newId(),
    buyer: newBuyer(),
    coupon: null,
    lines: [tea, cup],
    currency: 'RUB',
    requiresCoupon: true,
    attempted_by: { guesser: null, is_verified: false, address: 'somewhere' },
    ...input,
    delivery_fee: delivery_fee ?? 0,
  }
}
