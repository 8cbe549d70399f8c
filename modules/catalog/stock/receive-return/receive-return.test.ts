import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { shipmentReturned } from '#delivery/events'
import { orderCancelled, returnExpected } from '#ordering/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { anna, crowd, deliverEvents, expectProblem, expectResponse, raceFor, responsesOf } from '#platform/testing'
import { storeNothing } from '#platform/outcome'
import { Page } from '#platform/schema'
import { after as later, days, minutes, newId } from '#platform/values'
import { AdminProduct } from '../../products/schema.ts'
import { openCatalogTest, shipmentFor, type CatalogTest } from '../../testing.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { expireHolds } from '../expire-holds/expire-holds.ts'
import { ReturnView } from '../return-schema.ts'
import { StockMovement } from '../schema.ts'
import { receiveReturn } from './receive-return.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

type Items = readonly Readonly<{ variant_id: string; quantity: number }>[]

const cancelled = (order_id: string, goods_left = true) =>
  orderCancelled({ order_id, user_id: newId(), reason: 'shipment-failed', number: '2026-7K3M9Q', goods_left })
const returned = (order_id: string) => shipmentReturned({ order_id, shipment_id: newId() })

/** An order that is paid and whose parcel is on its way. */
async function shipped(items: Items): Promise<string> {
  const order_id = newId()
  const held = await catalog.hold({ order_id, items, expires_at: later(catalog.now(), minutes(30)) })
  assert.equal(held.kind, 'held')
  await catalog.deliver(shipmentFor(order_id))
  return order_id
}

/** An order that was cancelled while its parcel was outside the shop. */
async function inReturn(items: Items): Promise<string> {
  const order_id = await shipped(items)
  await catalog.deliver(cancelled(order_id))
  return order_id
}

const stockOf = async (variant_id: string) => {
  const { rows } = await sql<{ on_hand: number; reserved: number; in_return: number }>`
    select on_hand, reserved, (select coalesce(sum(pieces), 0)::int from catalog.return_items
      where variant_id = ${variant_id} and sellable is null) as in_return
    from catalog.stock where variant_id = ${variant_id}`.execute(catalog.db)
  return rows[0]
}

const show = async (order_id: string) =>
  expectResponse(await catalog.asStaff(`GET /admin/returns/${order_id}`), 200, ReturnView)
const receive = (order_id: string, body: object) => catalog.asStaff(`POST /admin/returns/${order_id}/receive`, body)
const listed = async (query = '') =>
  expectResponse(await catalog.asStaff(`GET /admin/returns${query}`), 200, Page(ReturnView)).items.map(
    ({ order_id }) => order_id,
  )

test('goods of a parcel that left the shop are neither on hand nor sold until staff receive them (CAT-13, DSP-10)', async () => {
  const [rose, tulip] = [await catalog.addVariant(10), await catalog.addVariant(10)]
  const order_id = await inReturn([
    { variant_id: rose, quantity: 4 },
    { variant_id: tulip, quantity: 1 },
  ])
  assert.deepEqual(await stockOf(rose), { on_hand: 6, reserved: 0, in_return: 4 })
  const expected = await show(order_id)
  assert.deepEqual([expected.state, expected.order_number, expected.arrived_at], ['expected', '2026-7K3M9Q', null])

  await catalog.deliver(returned(order_id))
  assert.equal((await show(order_id)).state, 'arrived')
  assert.deepEqual(await stockOf(rose), { on_hand: 6, reserved: 0, in_return: 4 })

  const items = [
    { variant_id: rose, sellable: 2, damaged: 1, lost: 1 },
    { variant_id: tulip, sellable: 0, lost: 1 },
  ]
  for (let i = 0; i < 2; i++) {
    const received = expectResponse(await receive(order_id, { items, note: 'wet box' }), 200, ReturnView)
    assert.deepEqual([received.state, received.note], ['received', 'wet box'])
    assert.deepEqual(
      received.items.find(({ variant_id }) => variant_id === rose),
      { ...expected.items.find(({ variant_id }) => variant_id === rose), sellable: 2, damaged: 1, lost: 1 },
    )
  }
  assert.deepEqual(await stockOf(rose), { on_hand: 8, reserved: 0, in_return: 0 })
  assert.deepEqual(await stockOf(tulip), { on_hand: 9, reserved: 0, in_return: 0 })
  await catalog.assertNoViolations()

  const all = [{ variant_id: rose, sellable: 4 }, items[1]]
  expectProblem(await receive(order_id, { items: all }), 409, 'already-received')
  const movements = expectResponse(
    await catalog.asStaff(`GET /admin/variants/${rose}/movements`),
    200,
    Page(StockMovement),
  )
  assert.deepEqual(
    movements.items.map(({ kind, delta, order_id: of }) => [kind, delta, of]),
    [
      ['returned', 2, order_id],
      ['in_return', -4, order_id],
      ['opening', 10, null],
    ],
  )
})

test('staff receive the goods that came back while the bank refuses the refund, and the cancellation changes nothing (CAT-13, PAY-5)', async () => {
  const rose = await catalog.addVariant(10)
  const order_id = await shipped([{ variant_id: rose, quantity: 4 }])
  await catalog.deliver(returnExpected({ order_id, number: '2026-7K3M9Q' }))
  assert.deepEqual(await stockOf(rose), { on_hand: 6, reserved: 0, in_return: 4 })
  const received = await receive(order_id, { items: [{ variant_id: rose, sellable: 3, damaged: 1 }] })
  assert.equal(expectResponse(received, 200, ReturnView).order_number, '2026-7K3M9Q')
  await catalog.deliver(cancelled(order_id))
  assert.deepEqual(await stockOf(rose), { on_hand: 9, reserved: 0, in_return: 0 })
  assert.equal((await show(order_id)).state, 'received')
  await catalog.assertNoViolations()
})

test('a return and the cancellation of its order in one batch take the pieces once (CAT-13, PLT-3)', async () => {
  const rose = await catalog.addVariant(10)
  const [late, quick] = [newId(), newId()]
  const items = [{ variant_id: rose, quantity: 2 }]
  await catalog.hold({ order_id: late, items, expires_at: later(catalog.now(), minutes(30)) })
  catalog.advance(minutes(31))
  await expireHolds(catalog.needs)()
  await catalog.hold({ order_id: quick, items, expires_at: later(catalog.now(), minutes(30)) })
  const events = [late, quick].flatMap((order_id) => [
    returnExpected({ order_id, number: '2026-7K3M9Q' }),
    cancelled(order_id),
  ])
  await transaction(catalog.db, (tx) => publish(tx, events))
  await deliverEvents(catalog.db, [catalog.module], { together: true })
  assert.deepEqual(await stockOf(rose), { on_hand: 6, reserved: 0, in_return: 4 })
  await catalog.assertNoViolations()
})

test('the goods of an order whose parcel never left the shop are on sale at once (CAT-13)', async () => {
  const rose = await catalog.addVariant(10)
  const order_id = await shipped([{ variant_id: rose, quantity: 4 }])
  await catalog.deliver(cancelled(order_id, false))
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 0, in_return: 0 })
  expectProblem(await catalog.asStaff(`GET /admin/returns/${order_id}`), 404, 'not-found')
})

test('a receipt accounts for every piece of every variant, or changes nothing (CAT-13)', async () => {
  const [rose, tulip, lily] = [await catalog.addVariant(10), await catalog.addVariant(10), await catalog.addVariant(10)]
  const order_id = await inReturn([
    { variant_id: rose, quantity: 4 },
    { variant_id: tulip, quantity: 1 },
  ])
  const right = { variant_id: tulip, sellable: 1 }
  const wrong = [
    [right],
    [right, { variant_id: rose, sellable: 3 }],
    [right, { variant_id: rose, sellable: 4, damaged: 1 }],
    [right, { variant_id: rose, sellable: 4 }, { variant_id: rose, sellable: 4 }],
    [right, { variant_id: rose, sellable: 4 }, { variant_id: lily, sellable: 0 }],
    [right, { variant_id: lily, sellable: 4 }],
  ]
  for (const items of wrong) {
    const problem = expectProblem(await receive(order_id, { items }), 409, 'pieces-differ')
    assert.deepEqual(
      new Set((problem['items'] as object[]).map((item) => JSON.stringify(item))),
      new Set(
        [{ variant_id: rose, pieces: 4 }, right && { variant_id: tulip, pieces: 1 }].map((each) =>
          JSON.stringify(each),
        ),
      ),
    )
  }
  expectProblem(await receive(order_id, { items: [{ ...right, lost: -1 }] }), 400, 'validation-failed')
  assert.deepEqual(await stockOf(rose), { on_hand: 6, reserved: 0, in_return: 4 })
  expectProblem(await receive(newId(), { items: [right] }), 404, 'not-found')
  const asAnna = await catalog.send(anna, `POST /admin/returns/${order_id}/receive`, { body: { items: [right] } })
  expectProblem(asAnna, 403, 'forbidden')
  await catalog.assertNoViolations()
})

test('twenty receipts of one return at once put its goods on hand once (CAT-13)', async () => {
  const rose = await catalog.addVariant(10)
  const order_id = await inReturn([{ variant_id: rose, quantity: 4 }])
  const outcomes = await crowd(20, (i) =>
    receive(order_id, { items: [{ variant_id: rose, sellable: i % 2 === 0 ? 4 : 3, damaged: i % 2 }] }),
  )
  assert.equal(responsesOf(outcomes).filter(({ status }) => status === 200).length, 10)
  const { items } = await show(order_id)
  assert.deepEqual(await stockOf(rose), { on_hand: 6 + (items[0]?.sellable ?? 0), reserved: 0, in_return: 0 })
  await catalog.assertNoViolations()
})

test('of two processes that receive one return with other counts the second is refused (CAT-13)', async () => {
  const rose = await catalog.addVariant(10)
  const order_id = await inReturn([{ variant_id: rose, quantity: 4 }])
  const receiveIn = (db: CatalogDb, sellable: number) => {
    const counts = [{ variant_id: rose, sellable, damaged: 4 - sellable, lost: 0 }]
    return receiveReturn({ ...catalog.needs, db })({ order_id, counts, note: null, user_id: null }, storeNothing)
  }
  const outcomes = await raceFor(catalog.db, {
    lock: sql`select from catalog.returns where order_id = ${order_id} for update`,
    waiting: 2,
    start: () => Promise.all([receiveIn(catalog.db, 4), receiveIn(catalog.secondDb(), 3)]),
  })
  assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['received', 'refused'])
  await catalog.assertNoViolations()
})

test('a parcel may be back before its order is cancelled, and its arrival is not lost (CAT-13, PLT-3)', async () => {
  const rose = await catalog.addVariant(10)
  const order_id = await shipped([{ variant_id: rose, quantity: 4 }])
  await catalog.deliver(returned(order_id))
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 4, in_return: 0 })
  expectProblem(await receive(order_id, { items: [{ variant_id: rose, sellable: 4 }] }), 404, 'not-found')
  assert.ok(!(await listed()).includes(order_id))
  await catalog.deliver(cancelled(order_id))
  const { arrived_at } = await show(order_id)
  assert.notEqual(arrived_at, null)
  catalog.advance(minutes(1))
  await catalog.deliver(cancelled(order_id), returned(order_id))
  assert.equal((await show(order_id)).arrived_at, arrived_at)
  assert.equal((await show(order_id)).state, 'arrived')
  assert.deepEqual(await stockOf(rose), { on_hand: 6, reserved: 0, in_return: 4 })
  await catalog.assertNoViolations()
})

test('a bundle comes back as its components (CAT-5, CAT-13)', async () => {
  const rose = await catalog.addVariant(10)
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 3 }])
  const order_id = await inReturn([{ variant_id: bouquet, quantity: 2 }])
  const { items } = await show(order_id)
  assert.deepEqual(
    items.map(({ variant_id, pieces }) => [variant_id, pieces]),
    [[rose, 6]],
  )
  expectResponse(await receive(order_id, { items: [{ variant_id: rose, sellable: 5, damaged: 1 }] }), 200)
  assert.deepEqual(await stockOf(rose), { on_hand: 9, reserved: 0, in_return: 0 })
})

test('an order whose expired hold has sold out waits, parked, until staff correct the stock (CAT-13)', async () => {
  const rose = await catalog.addVariant(4)
  const order_id = newId()
  const items = [{ variant_id: rose, quantity: 4 }]
  await catalog.hold({ order_id, items, expires_at: later(catalog.now(), minutes(30)) })
  catalog.advance(minutes(31))
  await expireHolds(catalog.needs)()
  await shipped([{ variant_id: rose, quantity: 1 }])
  await assert.rejects(catalog.deliver(cancelled(order_id)), /correct the stock/)
  assert.deepEqual(await stockOf(rose), { on_hand: 4, reserved: 1, in_return: 0 })
  const correction = { delta: 1, reason: 'found one' }
  expectResponse(await catalog.asStaff(`POST /admin/variants/${rose}/stock`, correction), 201)
  await catalog.deliver()
  assert.deepEqual(await stockOf(rose), { on_hand: 1, reserved: 1, in_return: 4 })
})

test('staff list the goods in return by state, page by page, and a product shows them (CAT-11)', async () => {
  const product = await catalog.addProduct()
  const rose = product.variants[0]!.id
  const order_ids: string[] = []
  for (let i = 0; i < 3; i++) {
    catalog.advance(minutes(1))
    order_ids.unshift(await inReturn([{ variant_id: rose, quantity: 2 }]))
  }
  const [newest, middle, oldest] = order_ids as [string, string, string]
  await catalog.deliver(returned(middle))
  expectResponse(await receive(oldest, { items: [{ variant_id: rose, sellable: 2 }] }), 200)
  const ours = async (query = '') => (await listed(query)).filter((id) => order_ids.includes(id))
  assert.deepEqual(await ours('?state=expected'), [newest])
  assert.deepEqual(await ours('?state=arrived'), [middle])
  assert.deepEqual(await ours('?state=received'), [oldest])
  assert.deepEqual(await ours(), order_ids)
  const first = expectResponse(await catalog.asStaff('GET /admin/returns?limit=1'), 200, Page(ReturnView))
  const next = await catalog.asStaff(`GET /admin/returns?limit=1&cursor=${first.next_cursor}`)
  assert.deepEqual(
    [...first.items, ...expectResponse(next, 200, Page(ReturnView)).items].map(({ order_id }) => order_id),
    [newest, middle],
  )
  const { variants } = expectResponse(await catalog.asStaff(`GET /admin/products/${product.id}`), 200, AdminProduct)
  assert.deepEqual(
    variants.map(({ on_hand, reserved, in_return, stock_quantity }) => [on_hand, reserved, in_return, stock_quantity]),
    [[46, 0, 4, 46]],
  )
})

test('posad check names returns that wait too long, and metrics count the pieces (PLT-22)', async () => {
  const rose = await catalog.addVariant(10)
  const [arrived, away] = [
    await inReturn([{ variant_id: rose, quantity: 2 }]),
    await inReturn([{ variant_id: rose, quantity: 3 }]),
  ]
  await catalog.deliver(returned(arrived))
  await catalog.assertNoViolations()
  const overdue = async () => {
    const check = catalog.module.checks?.find(({ name }) => name === 'catalog.returns-are-received')
    assert.ok(check)
    return ((await check.violations()) as { order_id: string }[]).map(({ order_id }) => order_id)
  }
  await sql`update catalog.returns set arrived_at = ${later(new Date(), -days(8))} where order_id = ${arrived}`.execute(
    catalog.db,
  )
  assert.deepEqual(await overdue(), [arrived])
  await sql`update catalog.returns set expected_at = ${later(new Date(), -days(31))} where order_id = ${away}`.execute(
    catalog.db,
  )
  assert.deepEqual(new Set(await overdue()), new Set([arrived, away]))
  const [, pieces, age] = catalog.module.metrics ?? []
  const samples = new Map((await pieces!.read()).map(({ labels, value }) => [labels?.['state'], value]))
  assert.ok((samples.get('arrived') ?? 0) >= 2 && (samples.get('expected') ?? 0) >= 3)
  assert.ok(((await age!.read()).find(({ labels }) => labels?.['state'] === 'expected')?.value ?? 0) > 30 * 86_400)
  for (const [order_id, sellable] of [
    [arrived, 2],
    [away, 3],
  ] as const)
    expectResponse(await receive(order_id, { items: [{ variant_id: rose, sellable }] }), 200)
  assert.deepEqual(await overdue(), [])
})
