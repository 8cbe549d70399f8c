import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { Offer } from '#catalog'
import { parcelCancellationRefused, parcelCancelled } from '#dispatch/events'
import type { OrderingApi } from '#ordering'
import { orderFulfilled, shipmentCancellationRequested, shipmentRequested } from '#ordering/events'
import { transaction } from '#platform/db'
import { answerTo, publish, subscribe, type NewEvent } from '#platform/events'
import { notFound } from '#platform/outcome'
import type { FindCouponInput, FindCouponOutcome, PromotionsApi, QuoteInput } from '#promotions/api'
import { quoteWithout } from '#promotions/quote'
import { anna, assertNoViolations, deliverEvents, openTestApi, testDatabase } from '#platform/testing'
import { newId, systemClock } from '#platform/values'
import { parcelCancellationRequested } from './events.ts'
import { delivery, type Carrier, type SandboxMode } from './index.ts'
import type { DeliveryMethod } from './schema.ts'
import type { Shipment, Tombstone } from './store/tables.ts'

type OrderState = Awaited<ReturnType<OrderingApi['stateOf']>>
type RequestInput = Readonly<{
  order_id?: string
  method?: DeliveryMethod
  event_id?: string
  user_id?: string
  weight_grams?: number
}>

const factsOf = (input: RequestInput = {}) => {
  const { order_id = newId(), method = 'courier', user_id = anna.user_id, weight_grams = 300 } = input
  return {
    order_id,
    number: '2026-7K3M9Q',
    user_id,
    method,
    delivery_address: method === 'courier' ? 'Коломна, Посадская 12' : null,
    recipient_name: 'Анна',
    recipient_phone: '+79990000000',
    comment: null,
    weight_grams,
    cash_to_collect: 0,
    currency: 'RUB',
  }
}

const requested = ({ event_id = newId(), ...input }: RequestInput = {}): NewEvent =>
  shipmentRequested(factsOf(input), event_id)

/** The couriers of the shop: none has picked a parcel up. */
const fleet = {
  name: 'fleet',
  subscriptions: [
    subscribe(parcelCancellationRequested, (tx, { event_id, payload: { shipment_id, order_id } }) =>
      publish(tx, [answerTo(event_id, parcelCancelled({ parcel_id: shipment_id, order_id }))]),
    ),
  ],
}

/** Opens delivery over a database of its own, with its HTTP API, its events and stand-ins for ordering and dispatch. */
export async function openDeliveryTest() {
  const database = await testDatabase()
  const { db } = database
  const states = new Map<string, OrderState>()
  const stateOf: OrderingApi['stateOf'] = async (order_id) =>
    states.get(order_id) ?? { kind: 'shippable', shipment: factsOf({ order_id, method: 'pickup' }) }
  const stubs: Stubs = { offers: [] }
  const catalog = {
    offersOf: async (ids: readonly string[]) => stubs.offers.filter(({ variant_id }) => ids.includes(variant_id)),
  }
  const promotions = stubbedPromotions(stubs)
  const moduleWith = ({
    sandbox = 'manual',
    carriers,
  }: { sandbox?: SandboxMode; carriers?: readonly Carrier[] } = {}) =>
    delivery({
      db,
      now: systemClock,
      sandbox,
      ordering: { stateOf },
      catalog,
      promotions,
      dispatch: { parcelOf: async () => notFound('parcel') },
      ...(carriers && { carriers }),
    })
  const module = moduleWith()
  const api = await openTestApi([module])
  const publishEvents = (...events: NewEvent[]) => transaction(db, (tx) => publish(tx, events))
  const deliver = (to: Pick<typeof module, 'name' | 'subscriptions'> = module) => deliverEvents(db, [to, fleet])

  /** The shipment or the tombstone of an order. */
  const rowOf = async (order_id: string): Promise<Shipment | Tombstone | undefined> => {
    const { rows } = await sql<Shipment>`select * from delivery.shipments where order_id = ${order_id}`.execute(db)
    return rows[0]
  }
  return {
    ...database,
    module,
    moduleWith,
    stubs,
    api,
    /** Publishes events of other modules. */
    publish: publishEvents,
    deliver,
    /** Delivers events to delivery alone: the couriers do not answer. */
    deliverAlone: () => deliverEvents(db, [module]),
    /** Publishes that a courier has the parcel of a shipment whose cancellation was requested. */
    refuseCancellation: ({ id: parcel_id, order_id }: Pick<Shipment, 'id' | 'order_id'>) =>
      publishEvents(parcelCancellationRefused({ parcel_id, order_id })),
    rowOf,
    /** Sets what ordering answers about an order; a paid order for pickup when absent. */
    setOrderState: (order_id: string, state: OrderState) => void states.set(order_id, state),
    /** Publishes `shipment-requested` and returns the order. */
    request: async (input: RequestInput = {}) => {
      const order_id = input.order_id ?? newId()
      await publishEvents(requested({ ...input, order_id }))
      return order_id
    },
    /** The facts with which an order requests its shipment. */
    requestedFacts: (order_id: string) => factsOf({ order_id }),
    /** Requests a shipment, lets delivery create it, and returns it. */
    createdShipment: async (method: DeliveryMethod = 'courier'): Promise<Shipment> => {
      const order_id = newId()
      await publishEvents(requested({ order_id, method }))
      await deliver()
      const row = await rowOf(order_id)
      assert.ok(row && row.method !== null)
      return row
    },
    /** Publishes `shipment-cancellation-requested`. */
    cancel: (order_id: string) => publishEvents(shipmentCancellationRequested({ order_id, reason: 'customer' })),
    /** Publishes `order-fulfilled`. */
    fulfill: (order_id: string) =>
      publishEvents(orderFulfilled({ order_id, user_id: anna.user_id, payment_method: 'online' })),
    /** The events of shipments of an order in short: `created pending`, `pending>delivered`, `delivered` … */
    eventsOf: async (order_id: string): Promise<string[]> => {
      const { rows } = await sql<{ type: string; data: Record<string, string> }>`
        select type, data from platform.event where partition_key = ${order_id} and source = 'delivery' order by id
      `.execute(db)
      const answered = rows.filter(({ type }) => type !== parcelCancellationRequested.type)
      return answered.map(({ type, data }) => {
        const name = type.slice('delivery.'.length, -'.v1'.length).replace('shipment-', '')
        if (name === 'status-changed') return `${data['from']}>${data['to']}`
        return [name, data['reported'] ?? data['status'] ?? data['reason']].filter(Boolean).join(' ')
      })
    },
    assertNoViolations: () => assertNoViolations(module),
    async close() {
      await api.close()
      await database.close()
    },
  }
}

type Stubs = {
  /** The variants on sale. */
  offers: Offer[]
  /** The discount of goods and of the delivery; none by default. */
  discountOf?: (input: QuoteInput) => Readonly<{ goods: number; delivery: number }>
  /** The answer to `findCoupon`; every code exists by default. */
  findCoupon?: (input: FindCouponInput) => FindCouponOutcome
}

const stubbedPromotions = (stubs: Stubs): Pick<PromotionsApi, 'factsOf' | 'quote' | 'findCoupon'> => ({
  factsOf: async () => ({ isFirstOrder: true }),
  findCoupon: async (input) => stubs.findCoupon?.(input) ?? { kind: 'found', code: input.code.toUpperCase() },
  quote: async (input) => {
    const { goods, delivery } = stubs.discountOf?.(input) ?? { goods: 0, delivery: 0 }
    const quote = quoteWithout(input)
    return {
      ...quote,
      discount_amount: goods + delivery,
      delivery_discount: delivery,
      total_amount: quote.total_amount - goods - delivery,
      coupon: input.coupon === null ? null : { code: input.coupon, reason: null },
    }
  },
})

export type DeliveryTest = Awaited<ReturnType<typeof openDeliveryTest>>
