import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '#platform/testing'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { shipmentOf } from './buyers.ts'
import { fillAddress } from './checkout-steps.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

/** Loading another document at once would cancel the request that makes the cart. */
const cartIsStored = async (page: Page) =>
  await eventually(async () => assert.ok(await page.evaluate("localStorage.getItem('posad.cart-token')")))

test(
  'a guest orders without an account, pays, and comes back to the order by its link (ORD-11, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await visit(page, `${web.shop.address}/en/product/dian-hun`)
    await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
    await cartIsStored(page)
    await visit(page, `${web.shop.address}/en/checkout`)
    await fillAddress(page)
    await page.getByRole('button', { name: 'Order for ₽670' }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('link', { name: 'To the order' }).click()
    await page.getByText('Delivery arranged').waitFor()
    const links = JSON.parse(await page.evaluate<string>("localStorage.getItem('posad.order-links')")) as Record<
      string,
      string
    >
    const other = await visitorOf(web.browser)
    await visit(other.page, `${web.shop.address}/orders/by-link/${Object.values(links)[0]}`)
    await other.page.getByText('Dian Hong, golden buds').first().waitFor()
    assert.match(other.page.url(), /\/en\/orders\/by-link\//)
    const [id = ''] = Object.keys(links)
    await visit(other.page, `${web.shop.address}/en/orders/${id}`)
    await other.page.getByText('Dian Hong, golden buds').first().waitFor()
    await page.evaluate(`localStorage.setItem('posad.order-links', '{"${id}":"${'x'.repeat(67)}"}')`)
    await visit(page, `${web.shop.address}/en/orders/${id}`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await page.evaluate("localStorage.getItem('posad.order-links')"), '{}')
    assert.deepEqual([...problems, ...other.problems], [])
    await Promise.all([close(), other.close()])
  },
)

test('a parcel is tracked without signing in (WEB-5)', { skip, timeout: 60_000 }, async () => {
  const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
  const token = await web.shop.customer('Boris')
  const { items } = JSON.parse((await web.shop.send(undefined, 'GET /catalog/teas?in_stock=true')).text) as {
    items: { variant_id: string }[]
  }
  const order = {
    items: [{ variant_id: items[0]?.variant_id, quantity: 1 }],
    delivery_method: 'pickup',
    payment_method: 'cash_on_delivery',
  }
  const { id } = JSON.parse((await web.shop.send(token, 'POST /orders', { body: order })).text) as { id: string }
  const { tracking_token } = await shipmentOf(web.shop, token, id)
  await visit(page, `${web.shop.address}/en/track/${tracking_token}`)
  await page.getByText('Ready at the pickup point').first().waitFor()
  assert.doesNotMatch(await page.locator('main').innerText(), /Boris|₽|RUB/)
  assert.deepEqual(problems, [])
  await close()
})

test(
  'a cart changes at once, puts back a removed line, and is the same in two tabs (WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser)
    await visit(page, `${web.shop.address}/en/catalog/teaware`)
    await page.getByRole('button', { name: /^Add to cart: White gaiwan/ }).click()
    await page.getByRole('link', { name: 'Cart: 1 item' }).click()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('link', { name: 'Cart: 2 items' }).waitFor()
    const other = await page.context().newPage()
    await visit(other, `${web.shop.address}/en/cart`)
    await other.getByText('₽2,900').first().waitFor()
    await page.getByRole('button', { name: /^Remove: White gaiwan/ }).click()
    await page.getByRole('heading', { name: 'Your cart is empty' }).waitFor()
    await other.getByRole('heading', { name: 'Your cart is empty' }).waitFor()
    await page.getByRole('button', { name: 'Put back' }).click()
    await other.getByText('₽2,900').first().waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)

test('the back button returns to the list, its filters and its place (WEB-1)', { skip, timeout: 60_000 }, async () => {
  const { page, problems, close } = await visitorOf(web.browser)
  await visit(page, `${web.shop.address}/en/catalog/tea`)
  await page.locator('label.option', { hasText: 'honey' }).click()
  await page.getByRole('link', { name: 'Remove the filter “honey”' }).waitFor()
  await page.evaluate('scrollTo(0, 500)')
  const scrolled = await page.evaluate<number>('scrollY')
  await page.getByRole('link', { name: 'Fermented fireweed' }).click()
  await page.getByRole('heading', { level: 1, name: 'Fermented fireweed' }).waitFor()
  // The focus is on the new page.
  await page.locator('#content:focus').waitFor()
  await page.goBack()
  await page.getByRole('link', { name: 'Remove the filter “honey”' }).waitFor()
  await eventually(async () => assert.ok(Math.abs((await page.evaluate<number>('scrollY')) - scrolled) < 5))
  await page.goBack()
  await page.getByRole('heading', { name: '17 items' }).waitFor({ state: 'attached' })
  assert.deepEqual(problems, [])
  await close()
})
