import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { next } from '#platform/saga'
import { checkoutVersions, type CheckoutEffect, type CheckoutTrigger, type CheckoutState } from './checkout.ts'
import { progress } from './progress.ts'
import type { Status } from './order.ts'

const [checkout] = checkoutVersions(1000)
const states = Object.keys(checkout.table) as CheckoutState[]
const triggers = [...new Set(states.flatMap((state) => Object.keys(checkout.table[state])))] as (
  | CheckoutTrigger
  | 'timeout'
)[]
const starts: readonly CheckoutState[] = ['starting-payment', 'accepting-cash']

type Walk = {
  start: CheckoutState
  passed: { trigger: string; from: CheckoutState; to: CheckoutState; effects: readonly CheckoutEffect[] }[]
}

const walks = fc
  .tuple(fc.constantFrom(...starts), fc.array(fc.constantFrom(...triggers), { maxLength: 40 }))
  .map(([start, happens]): Walk => {
    const walk: Walk = { start, passed: [] }
    let state = start
    for (const trigger of happens) {
      const step = next(checkout, state, trigger)
      if (!step) continue
      walk.passed.push({ trigger, from: state, to: step.to, effects: step.do })
      state = step.to
    }
    return walk
  })

const effectsOf = (walk: Walk) => walk.passed.flatMap((step) => step.effects)

test('whatever happens and however often, an order is fulfilled or cancelled at most once, never both (ORD-6)', () => {
  fc.assert(
    fc.property(walks, (walk) => {
      const ends = effectsOf(walk).filter((effect) => effect === 'order-fulfilled' || effect === 'order-cancelled')
      assert.ok(ends.length <= 1, ends.join())
    }),
    { numRuns: 3000 },
  )
})

test('no order is cancelled before its money was asked back (ORD-4)', () => {
  fc.assert(
    fc.property(walks, (walk) => {
      const effects = effectsOf(walk)
      const end = effects.indexOf('order-cancelled')
      if (end < 0) return
      const asked = new Set(effects.slice(0, end))
      assert.ok(asked.has('take-payment-back') || asked.has('settle-or-cancel-payment'))
    }),
    { numRuns: 3000 },
  )
})

test('nothing is shipped that was not paid, unless cash is taken at the door (ORD-4)', () => {
  fc.assert(
    fc.property(walks, (walk) => {
      if (walk.start === 'accepting-cash') return
      const asking = walk.passed.findIndex((step) => step.effects.includes('ask-shipment'))
      if (asking < 0) return
      assert.ok(walk.passed.slice(0, asking + 1).some((step) => step.trigger === 'payment-completed'))
    }),
    { numRuns: 3000 },
  )
})

test('an order with a shipment is cancelled only after the shipment was taken back or failed (ORD-4)', () => {
  fc.assert(
    fc.property(walks, (walk) => {
      const effects = effectsOf(walk)
      if (!effects.includes('ask-shipment') || !effects.includes('order-cancelled')) return
      assert.ok(walk.passed.some((step) => step.trigger === 'shipment-cancelled' || step.trigger === 'shipment-failed'))
    }),
    { numRuns: 3000 },
  )
})

test('money that comes after an order was cancelled is asked back (ORD-5)', () => {
  assert.deepEqual(next(checkout, 'cancelled', 'payment-completed'), {
    to: 'refunding-late-payment',
    do: ['take-payment-back'],
  })
})

test('the statuses of the order follow every walk of the checkout (ORD-4)', () => {
  fc.assert(
    fc.property(walks, (walk) => {
      let status: Status = 'created'
      for (const step of walk.passed) status = progress(status, { effects: step.effects, reason: 'test' }).status
    }),
    { numRuns: 3000 },
  )
})

test('from every state an order can come to its end (ORD-5)', () => {
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

test('a state that waits has a deadline, and asks again or knows what then (ORD-5)', () => {
  for (const state of states) {
    const waiting = checkout.waiting[state]
    if (typeof waiting !== 'object') continue
    assert.ok(waiting.within > 0)
    assert.ok(waiting.resends > 0 || checkout.table[state].timeout, `${state} would only call the operator`)
  }
})
