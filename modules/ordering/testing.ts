import type { FoundCart } from '#cart'
import type { CatalogApi, HoldInput, HoldOutcome } from '#catalog'
import type { ChoosePickupPointOutcome, DeliveryApi, FeeInput, FeeOutcome, ShipmentView } from '#delivery/api'
import { transaction, type Db } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import type { Rates } from '#platform/limits'
import type { Mail } from '#platform/mail'
import { notFound } from '#platform/outcome'
import type { Caller } from '#platform/access'
import { anna, deliverEvents, expectResponse, openTestApi, testDatabase } from '#platform/testing'
import { after, minutes, newId } from '#platform/values'
import type { Quote, QuoteInput, RedeemInput, RedeemOutcome } from '#promotions/api'
import { quoteWithout } from '#promotions/quote'
import { ordering, orderLinksOf } from './index.ts'
import type { OpenOrderLimits } from './open-orders.ts'
import { OrderView } from './schema.ts'

/** Oolong at 500 roubles, always in stock. */
export const tea = {
  variant_id: '0192f3c4-0000-7000-b000-000000000001',
  product_id: '0192f3c4-0000-7000-b000-000000000002',
  sku: 'TGY-100',
  title: { ru: 'Те Гуань Инь', en: 'Tie Guan Yin' },
  price: 50_000,
  weight_grams: 100,
}

/** The items of an order of tea. */
export const teaItems = (quantity = 1) => [{ variant_id: tea.variant_id, quantity }]

type Sum = Readonly<{ amount?: number; revision?: number }>

/** The payment of an order of Anna in the events of payments; of one piece of tea by default. */
export const paymentOf = (order_id: string, { amount = tea.price, revision = 1 }: Sum = {}) => ({
  payment_id: newId(),
  subject_type: 'order' as const,
  subject_id: order_id,
  user_id: anna.user_id,
  amount,
  currency: 'RUB',
  provider: 'sandbox',
  status: 'pending' as const,
  revision,
})

/** An offer of the catalog, but for its variant and its stock. */
const offered = { ...tea, slug: 'tie-guan-yin', image: null, currency: 'RUB' }

const onlyPoint = { kind: 'chosen', pickup_point_id: '0192f3c4-0000-7000-b000-000000000003' } as const

type Stubs = {
  /** The answer of catalog to `hold`; the tea by default. */
  hold: ((input: HoldInput) => HoldOutcome | Promise<HoldOutcome>) | undefined
  /** The pieces of every variant that no order holds; null where stock is not tracked. */
  left: number | null
  /** The answer of delivery to `choosePickupPoint`; the only point by default. */
  pickupPoint: ((id: string | null) => Promise<ChoosePickupPointOutcome>) | undefined
  /** The answer of promotions to `redeem`; no discount by default. */
  redeem?: (input: RedeemInput) => Promise<RedeemOutcome | undefined>
  /** The answer of promotions to `quote`, which knows no contact; no discount by default. */
  quote?: (input: QuoteInput) => Promise<Quote | undefined>
  /** The answer of delivery to `feeOf`; no fee by default. */
  feeOf?: (input: FeeInput) => FeeOutcome
  /** The status of the shipment of every order in delivery; none by default. */
  shipmentStatus?: ShipmentView['status']
  /** The coupon of every cart. */
  cartCoupon?: string | null
  /** The lines of every cart. */
  cart: ReturnType<typeof teaItems>
  linesOf?: (user_id: string, cart_token?: string) => Promise<ReturnType<typeof teaItems>>
  /** The version of every cart; a new one for each order by default. */
  cartVersion: string | undefined
  /** The carts of guests by their tokens. */
  guestCarts: Map<string, FoundCart>
}

export const telegramIdOfAnna = '777'

/** The account of Anna; Boris has none any more. */
const accounts = [{ user_id: anna.user_id, name: 'Anna', email: 'anna@example.com', is_email_verified: true }]

type Rules = Readonly<{
  limits?: OpenOrderLimits
  mailRates?: Rates
  cashOnDelivery?: boolean
  guestOrders?: boolean
  paymentTimeout?: number
}>
const noLimits: OpenOrderLimits = { maxOpenOrders: 0, maxHeldPerVariant: 0 }

const shipmentWith = (status: ShipmentView['status'] | undefined) =>
  status === undefined
    ? notFound('shipment')
    : ({ kind: 'found', shipment: { status } } as Awaited<ReturnType<DeliveryApi['shipmentOf']>>)

/** Opens the module on a database of its own, with stubs for catalog and cart and a clock that the test advances. */
export async function openOrderingTest({
  limits = noLimits,
  cashOnDelivery = true,
  guestOrders = true,
  paymentTimeout = minutes(30),
  mailRates = { kind: 'off' },
}: Rules = {}) {
  const { db, pool, openSecondDb, close } = await testDatabase()
  let moment = new Date('2026-11-21T09:00:00Z')
  const stubs: Stubs = {
    hold: undefined,
    left: 0,
    cart: [],
    pickupPoint: undefined,
    cartVersion: undefined,
    guestCarts: new Map(),
  }
  const expired: string[] = []
  const expire = async (order_id: string) => void expired.push(order_id)
  const withdrawn: string[] = []
  const mails: Mail[] = []
  const moduleOn = (over: Db) =>
    ordering({
      db: over,
      now: () => moment,
      paymentTimeout,
      payUrlOf: (order_id) => `/pay/${order_id}`,
      limits,
      cashOnDelivery,
      guestOrders,
      returnWindowDays: 14,
      mail: { send: async (_tx, mail) => void mails.push(mail) },
      mailRates,
      origin: () => 'https://shop.example',
      orderLinks: orderLinksOf('a secret of the links to orders'),
      catalog: {
        hold: holdOnce(stubs),
        withdrawHold: expire,
        expireHold: expire,
        listIdleHolds: async () => [],
        expireIdleHolds: async () => [],
        offersOf: async (ids) => ids.map((variant_id) => ({ ...offered, variant_id, available: stubs.left })),
      },
      identity: {
        accountsOf: async (ids) => accounts.filter(({ user_id }) => ids.includes(user_id)),
        findAccounts: async (key) =>
          'search' in key
            ? accounts.filter(({ email }) => email.startsWith(key.search)).map(({ user_id }) => user_id)
            : key.telegram_id === telegramIdOfAnna
              ? [anna.user_id]
              : [],
      },
      cart: {
        linesOf: async (user_id, cart_token) => ({
          version: stubs.cartVersion ?? newId(),
          coupon: stubs.cartCoupon ?? null,
          lines: (await stubs.linesOf?.(user_id, cart_token)) ?? stubs.cart,
        }),
        guestCartOf: async (token) =>
          stubs.guestCarts.get(token) ?? { id: null, version: null, lines: [], coupon: null },
      },
      promotions: {
        redeem: async (input) => (await stubs.redeem?.(input)) ?? { kind: 'redeemed', quote: quoteWithout(input) },
        withdraw: async (order_id) => void withdrawn.push(order_id),
        reprice: async (input) => quoteWithout(input),
        factsOf: async () => ({ isFirstOrder: true }),
        quote: async (input) => (await stubs.quote?.(input)) ?? quoteWithout(input),
      },
      delivery: {
        choosePickupPoint: async (id) => (await stubs.pickupPoint?.(id)) ?? onlyPoint,
        feeOf: async (input) => stubs.feeOf?.(input) ?? { kind: 'quoted', fee: 0 },
        shipmentOf: async () => shipmentWith(stubs.shipmentStatus),
      },
    })
  const module = moduleOn(db)
  const api = await openTestApi([module])
  return {
    db,
    pool,
    module,
    stubs,
    /** The mails that ordering enqueued. */
    mails,
    http: api.http,
    send: api.send,
    /** Serves the same shop from another process: its requests share no transaction with those of `send`. */
    elsewhere: () => openTestApi([moduleOn(openSecondDb())]),
    /** The orders whose holds ordering gave back. */
    expired,
    /** The orders whose promotions ordering withdrew. */
    withdrawn,
    now: () => moment,
    advance: (milliseconds: number) => {
      moment = after(moment, milliseconds)
    },
    place: async (caller: Caller, body: object) =>
      expectResponse(await api.send(caller, 'POST /orders', { body }), 201, OrderView),
    show: async (caller: Caller, id: string) =>
      expectResponse(await api.send(caller, `GET /orders/${id}`), 200, OrderView),
    /** Publishes events of other modules one by one, delivers them, and returns what failed. */
    deliver: async (...events: readonly NewEvent[]) => {
      for (const event of events) await transaction(db, (tx) => publish(tx, [event]))
      return await deliverEvents(db, [module], { collect: true })
    },
    /** The events of a type that ordering published about an order, oldest first. */
    published: (order_id: string, type: string) => listEvents(db, order_id, type),
    close: async () => {
      await api.close()
      await close()
    },
  }
}

export type OrderingTest = Awaited<ReturnType<typeof openOrderingTest>>

/** A second hold of an order returns the first, as in catalog. */
function holdOnce(stubs: Stubs): CatalogApi['hold'] {
  const holds = new Map<string, HoldOutcome>()
  return async (input) => {
    const outcome = holds.get(input.order_id) ?? (await stubs.hold?.(input)) ?? holdTea(input)
    if (outcome.kind === 'held') holds.set(input.order_id, outcome)
    return outcome
  }
}

function holdTea({ items }: HoldInput): HoldOutcome {
  const lines = items.map(({ quantity }) => ({ ...tea, quantity }))
  const total_amount = lines.reduce((sum, line) => sum + line.price * line.quantity, 0)
  return { kind: 'held', lines, total_amount, currency: 'RUB' }
}

const listEvents = async (db: Db, order_id: string, type: string) =>
  await db
    .selectFrom('platform.event')
    .select(['event_id', 'data'])
    .where('partition_key', '=', order_id)
    .where('type', '=', type)
    .orderBy('id')
    .execute()
