import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '#platform/testing'
import { guest, openShop, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, payLinks, paymentsOf, placeOrder, press, toPickup } from './purchase-steps.ts'

const token = 'the token of Prometheus'
let shop: Shop
before(async () => {
  shop = await openShop({ CACHE_DEFAULT_TTL: '1', PUBLIC_URL: 'https://shop.example', METRICS_TOKEN: token })
})
after(() => shop.close())

const headers = { authorization: `Bearer ${token}` }
const metrics = async (): Promise<string> => await (await fetch(`${shop.address}/metrics`, { headers })).text()

/** A new customer orders one packet of tea. */
async function orderTea() {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const { id, payment } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  return { id, as, payment }
}

test('Prometheus reads how far each consumer group has handled its events (PLT-17)', async () => {
  const order = await orderTea()
  await orderBecomes(shop, order, 'processing')
  await press(shop, order.id, 'approve')
  await orderBecomes(shop, order, 'shipping')
  await eventually(async () => {
    const page = await metrics()
    for (const group of ['catalog', 'ordering', 'payments', 'delivery']) {
      assert.match(page, new RegExp(`^posad_log_events_total{group="${group}",outcome="handled",[^}]*} [1-9]`, 'm'))
      assert.match(page, new RegExp(`^posad_log_events_total{group="${group}",outcome="dead",[^}]*} 0$`, 'm'))
      for (const name of ['log_outstanding_events', 'log_oldest_seconds', 'log_held_keys'])
        assert.match(page, new RegExp(`^posad_${name}{group="${group}",[^}]*} 0$`, 'm'))
    }
  })
  const groups = shop.app.modules.filter(({ subscriptions = [] }) => subscriptions.length > 0).length
  assert.match(await metrics(), new RegExp(`^posad_log_leader_changes_total{service="posad"} ${groups}$`, 'm'))
})

test('the catalog shows a price that another program changed once its cache expires (PLT-8)', async () => {
  const before = await firstOf(shop, 'flowers')
  const price = before.price + 1
  await shop.app.db.updateTable('catalog.variants').set({ price }).where('id', '=', before.variant_id).execute()
  await eventually(async () => assert.equal((await firstOf(shop, 'flowers')).price, price), { within: 3000 })
})

test('orders and payments have the full address of the payment page when the shop has a public address (PAY-2)', async () => {
  const order = await orderTea()
  assert.equal(order.payment.confirmation_url, `https://shop.example${payLinks.pathOf(order.id)}`)
  await orderBecomes(shop, order, 'processing')
  const [payment] = await paymentsOf(shop, order)
  assert.equal(payment?.confirmation_url, `https://shop.example${payLinks.pathOf(order.id)}`)
})

test('a shop with an https address requires browsers to use https (SEC-4)', async () => {
  const { headers } = await shop.send(guest, 'GET /catalog/types')
  assert.equal(headers['strict-transport-security'], 'max-age=31536000')
})
