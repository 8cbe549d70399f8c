import { holdExpired } from '#catalog/events'
import type { EventEnvelope, NewEvent } from '#platform/events'
import { next } from '#platform/saga'
import { advanceCheckoutSubscriptions } from '../../../modules/ordering/advance-checkout/subscriber.ts'
import {
  checkoutVersions,
  type Checkout,
  type CheckoutEffect,
  type CheckoutState,
  type CheckoutTrigger,
  type EventFacts,
} from '../../../modules/ordering/checkout.ts'
import { paymentRequested } from '../../../modules/ordering/events.ts'
import { stepEvents } from '../../../modules/ordering/order-events.ts'
import {
  isShippable,
  mayCancel,
  progress,
  shipmentStatusAfter,
  statusesByHand,
  type OrderState,
} from '../../../modules/ordering/order.ts'
import type { OrderRow } from '../../../modules/ordering/store.ts'
import type { Actor, Step } from './network.ts'
import { stateAnswered, stateAsked } from './staff.ts'

/** An edit changes the sum, which is the same in every history here: its races have tests of their own. */
type TriggerByHand = Exclude<Extract<CheckoutTrigger, 'customer-cancelled' | `staff-${string}`>, 'staff-repriced'>

/** The ids are the same in every history: a model has one order. */
export const order_id = '0192f3c4-0000-7000-a000-000000000001'
export const user_id = '0192f3c4-0000-7000-a000-000000000002'
const command_id = '0192f3c4-0000-7000-a000-000000000003'
export const amount = 100

export type PaymentMethod = OrderState['payment_method']
export type Table = ReturnType<typeof checkoutVersions>[0]['table']

/** An order with its checkout. */
export type OrderModel = Readonly<{
  checkout: CheckoutState | 'not-placed'
  status: OrderState['status']
  reason: string | null
  shipment_status: string | null
  goods_left: boolean
}>

const [definition] = checkoutVersions(1000)
export const checkoutTable: Table = definition.table

type Advance = Readonly<{ trigger?: CheckoutTrigger; facts: EventFacts }>

/** Runs a handler of the module with a checkout that only notes how it is called. */
function reactionTo(type: string, payload: object): Advance | undefined {
  let advance: Advance | undefined
  const checkout = {
    advance: async (_tx: unknown, _key: string, { trigger, facts }: Advance) => {
      advance = { ...(trigger && { trigger }), facts }
      return true
    },
    applyFacts: async (_tx: unknown, _key: string, facts: EventFacts) => {
      advance = { facts }
    },
  }
  const subscription = advanceCheckoutSubscriptions(checkout as unknown as Checkout).find(
    ({ event }) => event.type === type,
  )
  // The handlers call the checkout before they wait for anything.
  void subscription?.handle(undefined as never, { payload } as EventEnvelope<never>, undefined)
  return advance
}

const subscribed = advanceCheckoutSubscriptions({} as Checkout).map(({ event }) => event.type)

export type OrderingOptions = Readonly<{
  /** Takes the place of the checkout's own table. */
  table?: Table
  /** Receives each row that a step uses. */
  onRow?: (row: string) => void
}>

/** The module ordering: its table, its handlers and its domain model are the real ones. */
export function orderingActor(
  payment_method: PaymentMethod,
  { table = checkoutTable, onRow }: OrderingOptions = {},
): Actor<OrderModel> {
  const stateOf = ({ status, reason, shipment_status }: OrderModel): OrderState => ({
    status,
    reason,
    shipment_status,
    payment_method,
  })
  const rowOf = (order: OrderModel) =>
    ({
      ...stateOf(order),
      goods_left: order.goods_left,
      id: order_id,
      user_id,
      number: '2026-7K3M9Q',
      total_amount: amount,
      currency: 'RUB',
      payment_id: order_id,
      delivery_method: 'pickup',
    }) as OrderRow

  /** One step of the checkout, as `Saga` and `lockOrderForCheckout` take it. */
  function stepped(
    order: OrderModel,
    { trigger, facts }: Readonly<{ trigger?: CheckoutTrigger | 'timeout'; facts: EventFacts }>,
    isRepeat = false,
  ): Readonly<{ state: OrderModel; publishes: readonly NewEvent[] }> {
    if (order.checkout === 'not-placed') throw new Error('An event arrived about an order that does not exist')
    const step = trigger && next({ table }, order.checkout, trigger)
    if (step) onRow?.(`${order.checkout} ${trigger}`)
    const effects: readonly CheckoutEffect[] = step?.do ?? []
    const reason = !step ? order.reason : step.reason === null ? null : (order.reason ?? step.reason ?? null)
    const { event, shipment_status, goods_left = false } = facts
    const made = progress(stateOf(order), { effects, reason, event, shipment_status })
    const idOf = () => command_id
    return {
      state: {
        checkout: step?.to ?? order.checkout,
        status: made.status,
        reason,
        shipment_status: isRepeat ? order.shipment_status : shipmentStatusAfter(order.shipment_status, shipment_status),
        goods_left: order.goods_left || (goods_left && !isRepeat),
      },
      publishes: stepEvents(rowOf(order), made, { effects, idOf, reason, facts }),
    }
  }

  /** A person asks for a cancellation; every other trigger by hand is its own entry. */
  const eventOf = (trigger: TriggerByHand) => (trigger === 'customer-cancelled' ? 'cancellation-requested' : trigger)

  const byHand = (order: OrderModel, trigger: TriggerByHand, costs: string): Step<OrderModel> => {
    if (order.checkout === 'not-placed' || !next({ table }, order.checkout, trigger))
      throw new Error(`A person is promised that ${trigger} has an effect in ${order.checkout}, and it has none`)
    return {
      ...stepped(order, { trigger, facts: { event: eventOf(trigger) } }),
      label: trigger,
      costs,
      isOptional: true,
    }
  }

  return {
    name: 'ordering',
    initial: { checkout: 'not-placed', status: 'created', reason: null, shipment_status: null, goods_left: false },
    subscribesTo: [...subscribed, stateAsked.definition.type],
    receive: (order, { type, payload, isRepeat }) => {
      if (type === stateAsked.definition.type) {
        const answer = order.checkout !== 'not-placed' && isShippable(stateOf(order))
        return [{ label: 'answers staff', state: order, publishes: [stateAnswered(answer)] }]
      }
      const reaction = reactionTo(type, payload)
      // Ordering ignores the end of a hold whose order was never saved.
      if (!reaction || (order.checkout === 'not-placed' && type === holdExpired.type))
        return [{ label: `ignores ${type}`, state: order }]
      return [{ ...stepped(order, reaction, isRepeat), label: `handles ${type} ${JSON.stringify(reaction.facts)}` }]
    },
    act: (order) => {
      if (order.checkout === 'not-placed') {
        const checkout = payment_method === 'online' ? 'starting-payment' : 'accepting-cash'
        return [{ label: 'places the order', state: { ...order, checkout }, publishes: [request(payment_method)] }]
      }
      const steps: Step<OrderModel>[] = []
      if (table[order.checkout].timeout)
        steps.push({ ...stepped(order, { trigger: 'timeout', facts: {} }), label: 'timeout' })
      if (mayCancel(stateOf(order))) steps.push(byHand(order, 'customer-cancelled', 'customer cancels'))
      const allowed = statusesByHand(stateOf(order))
      if (allowed.includes('cancelled')) steps.push(byHand(order, 'staff-cancelled', 'staff cancel'))
      if (allowed.includes('shipping')) steps.push(byHand(order, 'staff-shipped', 'staff change the status'))
      if (allowed.includes('fulfilled')) steps.push(byHand(order, 'staff-fulfilled', 'staff change the status'))
      return steps
    },
  }
}

const request = (method: PaymentMethod) =>
  paymentRequested(
    {
      subject_type: 'order',
      subject_id: order_id,
      user_id,
      amount,
      currency: 'RUB',
      description: '2026-7K3M9Q',
      method,
    },
    command_id,
  )
