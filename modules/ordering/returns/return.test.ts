import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { after, days } from '#platform/values'
import { decideRequest, decideStep, leadsTo, paidFor, receive, refund, type ReturnableLine } from './return.ts'
import { returnStatuses } from './schema.ts'

const variant_id = '0192f3c4-0000-7000-b000-000000000001'
const other_id = '0192f3c4-0000-7000-b000-000000000002'
const fulfilled_at = new Date('2026-11-01T09:00:00Z')
const line = (change: Partial<ReturnableLine> = {}): ReturnableLine => ({
  position: 1,
  variant_id,
  price: 1000,
  quantity: 3,
  discount_amount: 1,
  returned_quantity: 0,
  returned_amount: 0,
  missed_quantity: 0,
  ...change,
})

const soldLine = fc
  .record({ price: fc.integer({ min: 0, max: 10_000_000_000 }), quantity: fc.integer({ min: 1, max: 9900 }) })
  .chain(({ price, quantity }) =>
    fc.record({
      price: fc.constant(price),
      quantity: fc.constant(quantity),
      discount_amount: fc.integer({ min: 0, max: Math.min(price * quantity, Number.MAX_SAFE_INTEGER) }),
    }),
  )

test('pieces may come back in any parts: their sums add up to what was paid for the line (ORD-10)', () => {
  fc.assert(
    fc.property(soldLine, fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 30 }), (sold, parts) => {
      let [pieces, amount] = [0, 0]
      for (const part of [...parts, sold.quantity]) {
        const quantity = Math.min(part, sold.quantity - pieces)
        if (quantity === 0) continue
        const back = { ...line({ ...sold, returned_amount: amount }), requested: quantity, received_before: pieces }
        const received = receive([back], [{ variant_id, sellable: quantity, damaged: 0, missing: 0 }])
        assert.ok(received.kind === 'received' && received.refundable_amount >= 0)
        amount += received.refundable_amount
        pieces += quantity
        const exact =
          (BigInt(sold.price * sold.quantity - sold.discount_amount) * BigInt(pieces)) / BigInt(sold.quantity)
        assert.equal(BigInt(amount), exact)
      }
      assert.equal(amount, sold.price * sold.quantity - sold.discount_amount)
    }),
  )
})

test('three pieces for 29.99 come back as 9.99, 10.00 and 10.00 (ORD-10)', () => {
  const paid = [1, 2, 3].map((pieces) => paidFor(pieces, line()))
  assert.deepEqual(paid, [999, 1999, 2999])
})

test('a return has pieces of a fulfilled order, in time, that are in no other return (ORD-10)', () => {
  const order = { status: 'fulfilled' as const, fulfilled_at, lines: [line({ returned_quantity: 1 })] }
  const now = after(fulfilled_at, days(14) - 1)
  const request = { items: [{ variant_id, quantity: 2 }], window_days: 14, now }
  assert.equal(decideRequest(order, request).kind, 'requested')
  const reasonOf = (...[given, asked]: Parameters<typeof decideRequest>) => {
    const decision = decideRequest(given, asked)
    return decision.kind === 'refused' ? decision.reason : undefined
  }
  assert.equal(reasonOf(order, { ...request, now: after(now, 1) }), 'return-window-over')
  assert.equal(reasonOf(order, { ...request, window_days: 0 }), 'return-window-over')
  const missing = { ...order, lines: [line({ returned_quantity: 1, missed_quantity: 1 })] }
  const late = { ...request, now: after(now, days(90)) }
  assert.equal(decideRequest(missing, { ...late, items: [{ variant_id, quantity: 1 }] }).kind, 'requested')
  assert.equal(reasonOf(missing, late), 'return-window-over')
  const shipping = { ...order, status: 'shipping' as const, fulfilled_at: null }
  assert.equal(reasonOf(shipping, request), 'order-not-fulfilled')
  const tooMany = [
    { variant_id: variant_id.toUpperCase(), quantity: 1 },
    { variant_id, quantity: 2 },
  ]
  assert.equal(reasonOf(order, { ...request, items: tooMany }), 'pieces-not-returnable')
  assert.equal(reasonOf(order, { ...request, items: [{ variant_id: other_id, quantity: 1 }] }), 'pieces-not-returnable')
})

test('a receipt counts every piece of every line once (ORD-10)', () => {
  const lines = [{ ...line(), requested: 2, received_before: 0 }]
  const counts = (sellable: number, damaged = 0, missing = 0) => [{ variant_id, sellable, damaged, missing }]
  assert.deepEqual(receive(lines, counts(1, 1)), {
    kind: 'received',
    lines: [{ position: 1, ...counts(1, 1)[0], amount: 1999 }],
    refundable_amount: 1999,
  })
  const missing = receive(lines, counts(0, 0, 2))
  assert.equal(missing.kind === 'received' && missing.refundable_amount, 0)
  for (const wrong of [
    counts(1),
    counts(3),
    [],
    [...counts(2), ...counts(2)],
    [{ ...counts(2)[0]!, variant_id: other_id }],
  ])
    assert.equal(receive(lines, wrong).kind, 'refused')
})

test('pieces of one variant at two prices come back from the first line on, and are worth what was paid (ORD-10, ORD-7)', () => {
  const sold = [
    line({ price: 500, quantity: 2, discount_amount: 0, returned_quantity: 1 }),
    line({ position: 2, price: 600, quantity: 2, discount_amount: 0 }),
  ]
  const order = { status: 'fulfilled' as const, fulfilled_at, lines: sold }
  const requestOf = (quantity: number) =>
    decideRequest(order, { items: [{ variant_id, quantity }], window_days: 14, now: fulfilled_at })
  const positionsOf = (decision: ReturnType<typeof requestOf>) =>
    decision.kind === 'requested' ? decision.lines.map(({ position, quantity }) => [position, quantity]) : decision
  assert.deepEqual(positionsOf(requestOf(1)), [[1, 1]])
  assert.deepEqual(positionsOf(requestOf(3)), [
    [1, 1],
    [2, 2],
  ])
  assert.deepEqual(requestOf(4), {
    kind: 'refused',
    reason: 'pieces-not-returnable',
    items: [{ variant_id, quantity: 3 }],
  })
  const back = sold.map((each, i) => ({ ...each, requested: i + 1, received_before: 0 }))
  assert.deepEqual(receive(back, [{ variant_id, sellable: 1, damaged: 1, missing: 1 }]), {
    kind: 'received',
    lines: [
      { position: 1, variant_id, sellable: 1, damaged: 0, missing: 0, amount: 500 },
      { position: 2, variant_id, sellable: 0, damaged: 1, missing: 1, amount: 600 },
    ],
    refundable_amount: 1100,
  })
  assert.deepEqual(receive(back, [{ variant_id, sellable: 2, damaged: 0, missing: 0 }]), {
    kind: 'refused',
    reason: 'counts-differ',
    items: [{ variant_id, quantity: 3 }],
  })
})

test('a return goes forward only, and a refund that was refused may be tried again (ORD-10)', () => {
  const moves = returnStatuses.flatMap((from) =>
    returnStatuses.filter((to) => leadsTo(from, to)).map((to) => `${from} ${to}`),
  )
  assert.deepEqual(moves, [
    'requested approved',
    'requested refused',
    'approved refused',
    'approved received',
    'received refunding',
    'received refunded',
    'refunding received',
    'refunding refunded',
  ])
  assert.equal(decideStep('approved', 'approved').kind, 'unchanged')
  assert.equal(decideStep('received', 'refused').kind, 'refused')
})

test('a refund is at most what was paid for the pieces, and begins once (ORD-10)', () => {
  const received = { status: 'received' as const, refundable_amount: 1999, refund_amount: null }
  assert.deepEqual(refund(received, undefined), { kind: 'refund', amount: 1999 })
  assert.deepEqual(refund(received, 0), { kind: 'refund', amount: 0 })
  assert.equal(refund(received, 2000).kind, 'refused')
  const refunding = { ...received, status: 'refunding' as const, refund_amount: 1999 }
  assert.deepEqual(
    [refund(refunding, undefined).kind, refund(refunding, 1999).kind],
    ['request-again', 'request-again'],
  )
  assert.equal(refund({ ...refunding, status: 'refunded' }, 1999).kind, 'unchanged')
  assert.equal(refund(refunding, 1).kind, 'refused')
  assert.equal(refund({ ...received, status: 'approved', refundable_amount: null }, undefined).kind, 'refused')
})
