import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '#platform/testing'
import { arrives, onShelf, openShop, press, type Shop } from './open-shop.ts'

let shop: Shop
before(async () => {
  shop = await openShop({ CACHE_DEFAULT_TTL: '1', PUBLIC_URL: 'https://shop.example' })
})
after(() => shop.close())

const metrics = async (): Promise<string> => (await shop.ask('GET', `${shop.address}/metrics`)).body

test('Prometheus sees how each group gets on with the events it hears (PLT-17)', async () => {
  const as = await shop.customer()
  const [tea] = await onShelf(shop, 'teas')
  const input = { items: [{ variant_id: tea?.variant_id, quantity: 1 }], delivery_method: 'pickup' }
  const { id } = (await shop.ask('POST', '/orders', { as, body: input })).body
  await arrives(shop, { id, as }, 'processing')
  await press(shop, id, 'approve')
  await arrives(shop, { id, as }, 'shipping')
  await eventually(async () => {
    const page = await metrics()
    for (const group of ['catalog', 'ordering', 'payments', 'delivery']) {
      assert.match(page, new RegExp(`^posad_log_events_total{group="${group}",outcome="handled",[^}]*} [1-9]`, 'm'))
      assert.match(page, new RegExp(`^posad_log_events_total{group="${group}",outcome="dead",[^}]*} 0$`, 'm'))
      for (const name of ['log_outstanding_events', 'log_oldest_seconds', 'log_held_keys', 'log_outage'])
        assert.match(page, new RegExp(`^posad_${name}{group="${group}",[^}]*} 0$`, 'm'))
    }
  })
  const groups = shop.app.modules.filter(({ subscriptions = [] }) => subscriptions.length > 0).length
  assert.match(await metrics(), new RegExp(`^posad_log_leader_changes_total{service="posad"} ${groups}$`, 'm'))
})

test('what is changed behind the back of the shop shows once the time of its cache is over (PLT-8)', async () => {
  const shown = async () => (await onShelf(shop, 'flowers'))[0]
  const before = await shown()
  await shop.app.db
    .updateTable('catalog.variants')
    .set({ price: (before?.price ?? 0) + 1 })
    .where('id', '=', before?.variant_id ?? '')
    .execute()
  await eventually(async () => assert.equal((await shown())?.price, (before?.price ?? 0) + 1), { within: 3000 })
})

test('with a public address, orders and payments name the whole address of the payment page (PAY-2)', async () => {
  const as = await shop.customer()
  const [tea] = await onShelf(shop, 'teas')
  const body = { items: [{ variant_id: tea?.variant_id, quantity: 1 }], delivery_method: 'pickup' }
  const order = (await shop.ask('POST', '/orders', { as, body })).body
  assert.equal(order.payment.confirmation_url, `https://shop.example/pay/${order.id}`)
  await arrives(shop, { id: order.id, as }, 'processing')
  const [payment] = (await shop.ask('GET', `/payments/order/${order.id}`, { as })).body.items
  assert.equal(payment.confirmation_url, `https://shop.example/pay/${order.id}`)
})

test('a shop with an https address tells browsers to insist on it (SEC-4)', async () => {
  const { headers } = await shop.ask('GET', '/catalog/types')
  assert.equal(headers.get('strict-transport-security'), 'max-age=31536000')
})
