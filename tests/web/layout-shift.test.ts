import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { firstOf, orderBecomes, placeOrder, press, shipmentOf, toCourier, toPickup } from '../e2e/purchase-steps.ts'
import { desktop, noBrowser, visit } from './browser.ts'
import { everyPage } from './every-page.ts'
import { slowReader, sumOf, textOf } from './layout-shift.ts'
import { useWebShop } from './use-web-shop.ts'

/** Less than a reader notices; the bar of the Web Vitals is 0.1. */
const bar = 0.02

const web = useWebShop({ SHOP_PHONE: '+7 496 612-00-00' })
const phone = { width: 390, height: 844 }

/** A browser that knows the session of the reader and nothing else. */
async function storageOf(token: string) {
  const user = JSON.parse((await web.shop.send(token, 'GET /auth/me')).text) as object
  const session = { user, access_token: token, refresh_token: 'none', expires_at: Date.now() + 800_000 }
  const localStorage = [{ name: 'posad.session', value: JSON.stringify(session) }]
  return { cookies: [], origins: [{ origin: web.shop.address, localStorage }] }
}

for (const [size, viewport] of Object.entries({ phone, desktop }))
  test(`no page moves while it loads on a slow ${size} (PERF-9)`, { skip: noBrowser, timeout: 300_000 }, async () => {
    const token = await web.shop.customer('Anna')
    const pages = (await everyPage(web.shop, token)).filter(({ isPlain }) => !isPlain)
    await fillCart(token)
    const storageState = await storageOf(token)
    const found: string[] = []
    for (const { name, path, isOwn } of pages) {
      const reader = await slowReader(web.browser, { viewport, ...(isOwn && { storageState }) })
      await visit(reader.page, `${web.shop.address}/en${name === 'cart' ? '/cart' : path}`)
      await reader.settled()
      const shifts = await reader.shifts()
      if (process.env['SHOW']) console.log(size, name, sumOf(shifts).toFixed(4), textOf(shifts))
      if (sumOf(shifts) >= bar) found.push(`${name} ${sumOf(shifts).toFixed(3)}: ${textOf(shifts)}`)
      await reader.close()
    }
    assert.deepEqual(found, [])
  })

async function fillCart(token: string): Promise<void> {
  const { items } = JSON.parse((await web.shop.send(undefined, 'GET /catalog/teas?in_stock=true')).text) as {
    items: readonly Readonly<{ variant_id: string }>[]
  }
  for (const { variant_id } of items.slice(0, 3))
    await web.shop.send(token, 'POST /cart/items', { body: { variant_id, quantity: 2 } })
}

test('fonts that come late do not move the text (PERF-9)', { skip: noBrowser, timeout: 60_000 }, async () => {
  const reader = await slowReader(web.browser, { viewport: phone })
  let send: () => void = () => {}
  const held = new Promise<void>((resolve) => (send = resolve))
  await reader.page.route('**/*.woff2', async (route) => {
    await held
    await route.continue()
  })
  await reader.page.goto(`${web.shop.address}/ru/catalog`, { waitUntil: 'domcontentloaded' })
  await reader.page.getByRole('heading', { level: 1 }).waitFor()
  await reader.page.locator('html[data-ready]').waitFor({ state: 'attached' })
  // The reader has seen the page for a moment.
  await reader.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 400)))')
  send()
  await reader.settled()
  const shifts = await reader.shifts()
  assert.ok(sumOf(shifts) < bar, textOf(shifts))
  await reader.close()
})

const courierSteps = ['handed_over', 'out_for_delivery', 'delivered'] as const
const lives = [
  { name: 'courier', terms: toCourier, steps: courierSteps },
  { name: 'pickup', terms: toPickup, steps: ['delivered'] as const },
]

for (const [size, viewport] of Object.entries({ phone, desktop }))
  for (const { name, terms, steps } of lives)
    test(
      `an order for ${name} and its tracking page follow their order without moving, on a ${size} (PERF-9)`,
      { skip: noBrowser, timeout: 120_000 },
      async () => {
        const { shop } = web
        const as = await shop.customer('Anna')
        const { variant_id } = await firstOf(shop, 'teas')
        const { id } = await placeOrder(shop, as, { ...terms, items: [{ variant_id, quantity: 1 }] })
        const order = await slowReader(web.browser, { viewport, storageState: await storageOf(as) })
        await orderBecomes(shop, { id, as }, 'processing')
        await visit(order.page, `${shop.address}/en/orders/${id}`)
        await order.page.getByRole('link', { name: 'Pay' }).waitFor()
        await press(shop, id, 'approve')
        await order.page.getByRole('link', { name: 'Tracking link' }).waitFor()
        const { tracking_token, id: shipment_id } = await shipmentOf(shop, { id, as })
        const track = await slowReader(web.browser, { viewport })
        await visit(track.page, `${shop.address}/en/track/${tracking_token}`)
        await track.page.locator('.timeline li').first().waitFor()
        for (const [at, status] of steps.entries()) {
          const body = { status }
          expectResponse(await shop.send(staff, `POST /admin/shipments/${shipment_id}/status`, { body }), 200)
          await track.page.locator(`.timeline li:nth-child(${at + 2})`).waitFor()
        }
        await order.page.getByText('Received', { exact: true }).last().waitFor()
        await Promise.all([order.settled(), track.settled()])
        for (const [page, reader] of Object.entries({ order, track })) {
          const shifts = await reader.shifts()
          assert.ok(sumOf(shifts) < bar, `${page} ${sumOf(shifts).toFixed(3)}: ${textOf(shifts)}`)
        }
        await Promise.all([order.close(), track.close()])
      },
    )
