import assert from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ShipmentView } from '#delivery/schema'
import { eventually, expectResponse } from '#platform/testing'
import { staff, type Shop } from '../e2e/open-shop.ts'
import { visit, visitorOf } from './browser.ts'
import { signIn } from './sign-in.ts'

type Web = Readonly<{ shop: Shop; browser: Browser }>

/** The two kinds of buyers; each makes every journey. */
export const buyers = ['a guest', 'a signed-in buyer'] as const
export type Buyer = (typeof buyers)[number]

/** A person with an empty browser, signed in when the kind of buyer is. */
export async function buyerOf({ shop, browser }: Web, kind: Buyer, options: BrowserContextOptions = {}) {
  const visitor = await visitorOf(browser, options)
  if (kind === 'a signed-in buyer') await signIn(visitor.page, { shop, token: await shop.customer('Anna') })
  return visitor
}

/** Puts a product into the cart, and waits until the shop has answered: another document would cancel the request. */
export async function addToCart(page: Page, { address }: Shop, slug: string): Promise<void> {
  await visit(page, `${address}/en/product/${slug}`)
  const added = page.waitForResponse('**/api/v1/cart/items')
  await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
  await added
  await eventually(async () =>
    assert.match(await page.evaluate<string>("localStorage.getItem('posad.cart')"), /"items":\[\{/),
  )
}

/** Follows the links from the open page to the checkout, and fills it. */
export async function goToCheckout(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Cart: / }).click()
  await page.getByRole('link', { name: 'Check out' }).click()
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
}

const idOfSku = async ({ app }: Shop, sku: string): Promise<string> =>
  (await app.pool.query<{ id: string }>('select id from catalog.variants where sku = $1', [sku])).rows[0]?.id ?? ''

/** Staff give a variant another price. */
export async function changePrice(shop: Shop, sku: string, price: number): Promise<void> {
  const id = await idOfSku(shop, sku)
  expectResponse(await shop.send(staff, `PATCH /admin/variants/${id}`, { body: { price } }), 200)
}

/** Other customers buy all pieces of a variant. */
export async function sellOut(shop: Shop, sku: string): Promise<void> {
  const id = await idOfSku(shop, sku)
  const { rows } = await shop.app.pool.query<{ left: number }>(
    'select on_hand - reserved as left from catalog.stock where variant_id = $1',
    [id],
  )
  const body = { delta: -(rows[0]?.left ?? 0), reason: 'sold at the counter' }
  expectResponse(await shop.send(staff, `POST /admin/variants/${id}/stock`, { body }), 201)
}

/** The shipment of an order of an account, once it is created. */
export const shipmentOf = async (shop: Shop, token: string, order_id: string): Promise<ShipmentView> =>
  await eventually(
    async () => expectResponse(await shop.send(token, `GET /delivery/order/${order_id}`), 200, ShipmentView),
    { within: 30_000, every: 100 },
  )

/** Staff deliver the order that a page shows. */
export async function deliver(shop: Shop, page: Page): Promise<void> {
  const id = page.url().split('/').at(-1)?.split('?')[0] ?? ''
  const { rows } = await shop.app.pool.query<{ id: string }>('select id from delivery.shipments where order_id = $1', [
    id,
  ])
  expectResponse(await shop.send(staff, `POST /delivery/${rows[0]?.id}/deliver`, { body: {} }), 200)
}
