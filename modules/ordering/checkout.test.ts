import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { next } from '#platform/saga'
import { hours, minutes } from '#platform/values'
import { checkoutVersions, type CheckoutEffect, type CheckoutState, type CheckoutTrigger } from './checkout.ts'
import { progress } from './order.ts'
import type { OrderStatus } from './schema.ts'

const [checkout] = checkoutVersions(1000)
const states = Object.keys(checkout.table) as CheckoutState[]
const triggers = [...new Set(states.flatMap((state) => Object.keys(checkout.table[state])))] as (
  | CheckoutTrigger
  | 'timeout'
)[]
const starts: readonly CheckoutState[] = ['starting-payment', 'accepting-cash']

type Step = Readonly<{ trigger: string; effects: readonly CheckoutEffect[] }>
type History = Readonly<{ start: CheckoutState; steps: readonly Step[] }>

const histories = fc
  .tuple(fc.constantFrom(...starts), fc.array(fc.constantFrom(...triggers), { maxLength: 40 }))
  .map(([start, occurring]): History => {
    const steps: Step[] = []
    let state = start
    for (const trigger of occurring) {
      const step = next(checkout, state, trigger)
      if (!step) continue
      steps.push({ trigger, effects: step.do })
      state = step.to
    }
    return { start, steps }
  })

const effectsOf = ({ steps }: History) => steps.flatMap((step) => step.effects)
const inEveryHistory = (check: (history: History) => void) =>
  fc.assert(fc.property(histories, check), { numRuns: 3000 })

test('an order is fulfilled or cancelled at most once and never both, in any sequence of events (ORD-6)', () => {
  inEveryHistory((history) => {
    const ends = effectsOf(history).filter((effect) => effect === 'mark-fulfilled' || effect === 'mark-cancelled')
    assert.ok(ends.length <= 1, ends.join())
  })
})

test('no order is cancelled before its payment is cancelled or refunded (ORD-4)', () => {
  inEveryHistory((history) => {
    const effects = effectsOf(history)
    const end = effects.indexOf('mark-cancelled')
    if (end < 0) return
    const before = new Set(effects.slice(0, end))
    assert.ok(before.has('refund-or-cancel-payment') || before.has('cancel-payment-unless-paid'))
  })
})

test('no unpaid order is shipped, except for cash on delivery (ORD-4)', () => {
  inEveryHistory(({ start, steps }) => {
    if (start === 'accepting-cash') return
    const request = steps.findIndex((step) => step.effects.includes('request-shipment'))
    if (request < 0) return
    assert.ok(steps.slice(0, request + 1).some((step) => step.trigger === 'payment-completed'))
  })
})

test('an order with a shipment is cancelled only after the shipment is cancelled or has failed (ORD-4)', () => {
  inEveryHistory((history) => {
    const effects = effectsOf(history)
    if (!effects.includes('request-shipment') || !effects.includes('mark-cancelled')) return
    assert.ok(history.steps.some(({ trigger }) => trigger === 'shipment-cancelled' || trigger === 'shipment-failed'))
  })
})

test('a payment that arrives after the cancellation is refunded (ORD-5)', () => {
  assert.deepEqual(next(checkout, 'cancelled', 'payment-completed'), {
    to: 'refunding-late-payment',
    do: ['refund-or-cancel-payment'],
  })
})

test('the status of the order follows the checkout through every sequence of steps (ORD-4)', () => {
  inEveryHistory(({ start, steps }) => {
    const payment_method = start === 'accepting-cash' ? 'cash_on_delivery' : 'online'
    let status: OrderStatus = 'created'
    for (const { effects } of steps)
      status = progress({ status, payment_method, shipment_status: null }, { effects, reason: 'test' }).status
  })
})

test('the expiry of a hold cancels no order that is paid or accepted, nor asks for its money back (F-10, CAT-13)', () => {
  for (const state of states) {
    const step = next(checkout, state, 'hold-expired')
    if (step) assert.deepEqual(step, { to: 'giving-up-payment', do: ['cancel-payment-unless-paid'] }, state)
  }
  for (const state of ['accepting-cash', 'awaiting-shipment', 'shipping'] as const)
    assert.equal(next(checkout, state, 'hold-expired'), undefined, state)
})

test('an order whose goods are sold out after its payment is cancelled, shipment first (F-10, CAT-13)', () => {
  for (const state of ['awaiting-shipment', 'shipping'] as const)
    assert.deepEqual(next(checkout, state, 'hold-lost'), {
      to: 'cancelling-shipment',
      do: ['cancel-shipment'],
      reason: 'out-of-stock',
    })
})

test('a full refund by staff cancels an order that is not fulfilled, shipment first; later it changes nothing (PAY-5)', () => {
  for (const state of ['awaiting-shipment', 'shipping'] as const)
    assert.deepEqual(next(checkout, state, 'payment-refunded'), {
      to: 'cancelling-shipment',
      do: ['cancel-shipment'],
      reason: 'refunded',
    })
  assert.equal(next(checkout, 'fulfilled', 'payment-refunded'), undefined)
})

test('an order whose payment does not start asks again each minute for the whole time to pay (ORD-5)', () => {
  for (const paymentTimeout of [3000, minutes(30), minutes(90.5), hours(24)]) {
    const starting = checkoutVersions(paymentTimeout)[0].waiting['starting-payment']
    assert.ok(typeof starting === 'object' && starting.within <= minutes(1) && starting.resends >= 2)
    assert.ok(Math.abs(starting.within * (starting.resends + 1) - paymentTimeout) < 1)
  }
})

test('an order can end from every state (ORD-5)', () => {
  const ends: CheckoutState[] = ['fulfilled', 'cancelled']
  for (const state of states) {
    const seen = new Set<CheckoutState>([state])
    for (const reached of seen) for (const step of Object.values(checkout.table[reached])) seen.add(step.to)
    assert.ok(
      ends.some((end) => seen.has(end)),
      `${state} leads nowhere`,
    )
  }
})

test('every state with a timeout then publishes its commands again or goes on (ORD-5)', () => {
  for (const state of states) {
    const waiting = checkout.waiting[state]
    if (typeof waiting !== 'object') continue
    assert.ok(waiting.within > 0)
    assert.ok(waiting.resends > 0 || checkout.table[state].timeout, `${state} would only mark the saga needs_operator`)
  }
})
