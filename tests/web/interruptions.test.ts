import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '#platform/testing'
import { addToCart, buyerOf, buyers, goToCheckout } from './buyers.ts'
import { noBrowser, phone, visit } from './browser.ts'
import { fillAddress } from './checkout-steps.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

const orderCount = async () => (await web.shop.app.pool.query('select from ordering.orders')).rowCount ?? 0

/** Waits for the service worker. A page that was on its way while the worker started gets it at the next visit only. */
async function hasWorker(page: Page) {
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await visit(page, page.url())
  await eventually(async () => assert.equal(await page.evaluate('navigator.serviceWorker.controller !== null'), true))
}

for (const buyer of buyers) {
  test(
    `without a network the cart stays and pages say so; they open when it is back: ${buyer} (WEB-1)`,
    { skip, timeout: 60_000 },
    async () => {
      const { page, close } = await buyerOf(web, buyer, { serviceWorkers: 'allow' })
      await addToCart(page, web.shop, 'sencha')
      await hasWorker(page)
      await page.context().setOffline(true)
      await page.getByRole('link', { name: 'Teaware' }).first().click()
      await page.getByRole('heading', { name: 'No connection' }).waitFor()
      await page.getByRole('link', { name: 'Cart: 1 item' }).click()
      await page.getByRole('heading', { level: 2, name: /sencha/i }).waitFor()
      await page.goBack()
      await page.getByRole('heading', { name: 'No connection' }).waitFor()
      // A document that is opened without a network comes from the service worker.
      await visit(page, `${web.shop.address}/en/product/da-hun-pao`)
      await page.getByRole('heading', { name: 'No connection' }).waitFor()
      await page.getByRole('main').getByRole('link', { name: 'Cart' }).click()
      await page.getByRole('heading', { level: 2, name: /sencha/i }).waitFor()
      await page.goBack()
      await page.getByRole('heading', { name: 'No connection' }).waitFor()
      await page.context().setOffline(false)
      await page.getByRole('heading', { level: 1, name: 'Da Hong Pao' }).waitFor()
      await page.getByRole('link', { name: 'Cart: 1 item' }).waitFor()
      await close()
    },
  )

  test(
    `a page that failed without a network opens by itself when it is back: ${buyer} (WEB-1)`,
    { skip, timeout: 60_000 },
    async () => {
      const { page, close } = await buyerOf(web, buyer)
      await visit(page, `${web.shop.address}/en`)
      await page.context().setOffline(true)
      await page.getByRole('link', { name: 'Teaware' }).first().click()
      await page.getByRole('heading', { name: 'No connection' }).waitFor()
      await page.context().setOffline(false)
      await page.getByRole('heading', { level: 1, name: 'Teaware' }).waitFor()
      await close()
    },
  )

  test(
    `an order that is sent without a network keeps its form, and is placed once when it is back: ${buyer} (ORD-1, WEB-1)`,
    { skip, timeout: 60_000 },
    async () => {
      const { page, close } = await buyerOf(web, buyer, { viewport: phone })
      const before = await orderCount()
      await addToCart(page, web.shop, 'dian-hun')
      await goToCheckout(page)
      await fillAddress(page)
      await page.getByRole('radio', { name: /^On delivery/ }).check()
      await page.getByRole('button', { name: 'Order for ₽670' }).waitFor()
      await page.context().setOffline(true)
      await page.getByRole('button', { name: 'Order for ₽670' }).click()
      await page.locator('.alert').waitFor()
      await eventually(async () => assert.equal(await page.getByLabel('City').inputValue(), 'Kolomna'))
      await page.context().setOffline(false)
      await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
      assert.equal(await orderCount(), before + 1)
      await page.getByRole('link', { name: 'The cart is empty' }).waitFor()
      await close()
    },
  )

  test(
    `the back button returns from each step of a purchase, and never orders twice: ${buyer} (WEB-1)`,
    { skip, timeout: 90_000 },
    async () => {
      const { page, problems, close } = await buyerOf(web, buyer)
      const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
      const before = await orderCount()
      await visit(page, `${web.shop.address}/en`)
      await page.getByRole('link', { name: 'Tea', exact: true }).first().click()
      await heading('Tea')
      await page.locator('label.option', { hasText: 'honey' }).click()
      await page.getByRole('link', { name: 'Remove the filter “honey”' }).waitFor()
      await page.getByLabel('Sort').selectOption('price')
      await page.waitForURL(/sort=price/)
      await page.getByRole('link', { name: 'Phoenix Dancong' }).click()
      await heading(/^Phoenix Dancong/)
      await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
      await page.getByRole('link', { name: 'Cart: 1 item' }).click()
      await heading('Cart')
      await page.getByRole('link', { name: 'Check out' }).click()
      await heading('Checkout')
      await fillAddress(page)

      await page.goBack()
      await heading('Cart')
      await page.goBack()
      await heading(/^Phoenix Dancong/)
      await page.goBack()
      await heading('Tea')
      assert.equal(await page.getByLabel('Sort').inputValue(), 'price')
      await page.goBack()
      await page.getByRole('link', { name: 'Remove the filter “honey”' }).waitFor()
      await eventually(async () => assert.equal(await page.getByLabel('Sort').inputValue(), ''))
      await page.goBack()
      await page.getByRole('link', { name: 'Remove the filter “honey”' }).waitFor({ state: 'detached' })
      await page.goBack()
      await heading('Tea, flowers and gifts')

      for (let step = 0; step < 6; step++) await page.goForward()
      await heading('Checkout')
      assert.equal(await page.getByLabel('City').inputValue(), 'Kolomna')
      await page.getByRole('button', { name: /^Order for/ }).click()
      await page.getByRole('button', { name: 'Approve' }).waitFor()
      await page.goBack()
      await heading(/^Order \d{4}-/)
      await page.goBack()
      await heading('Cart')
      await page.getByRole('heading', { name: 'Your cart is empty' }).waitFor()
      await page.goForward()
      await heading(/^Order \d{4}-/)
      assert.equal(await orderCount(), before + 1)
      assert.deepEqual(problems, [])
      await close()
    },
  )

  test(
    `two tabs have one cart, and what one of them orders is gone in the other: ${buyer} (WEB-1)`,
    { skip, timeout: 90_000 },
    async () => {
      const { page, problems, close } = await buyerOf(web, buyer)
      const before = await orderCount()
      await addToCart(page, web.shop, 'gaivan-belaya')
      const other = await page.context().newPage()
      await visit(other, `${web.shop.address}/en/checkout`)
      await fillAddress(other)
      await other.getByRole('button', { name: 'Order for ₽1,450' }).waitFor()
      // The other tab changes the cart behind the form.
      await goToCheckout(page)
      await page.getByRole('link', { name: 'Back to the cart' }).click()
      await page.getByRole('button', { name: 'More' }).click()
      await other.getByRole('button', { name: 'Order for ₽2,900' }).waitFor()
      assert.equal(await other.getByLabel('City').inputValue(), 'Kolomna')
      await page.getByRole('link', { name: 'Check out' }).click()
      await fillAddress(page)
      await page.getByRole('radio', { name: /^On delivery/ }).check()
      await page.getByRole('button', { name: 'Order for ₽2,900' }).click()
      await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
      await other.getByRole('heading', { name: 'Your cart is empty' }).waitFor()
      assert.equal(await orderCount(), before + 1)
      assert.deepEqual(problems, [])
      await close()
    },
  )
}

test(
  'the back button leads through the pages of the account, and not behind a sign-in (WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await buyerOf(web, 'a signed-in buyer')
    const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
    await visit(page, `${web.shop.address}/en`)
    await page.getByRole('link', { name: 'Account' }).click()
    await heading('Hello, Anna')
    for (const name of ['Profile', 'Sign-in', 'My data']) {
      await page.getByRole('navigation', { name: 'Sections of the account' }).getByRole('link', { name }).click()
      await heading(name)
    }
    for (const name of ['Sign-in', 'Profile', 'Hello, Anna', 'Tea, flowers and gifts']) {
      await page.goBack()
      await heading(name)
    }
    await page.goForward()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await heading('Sign in')
    await page.goBack()
    await heading('Tea, flowers and gifts')
    assert.deepEqual(problems, [])
    await close()
  },
)

test('signing in and out in one tab holds in the other (ID-7, WEB-1)', { skip, timeout: 60_000 }, async () => {
  const { page, problems, close } = await buyerOf(web, 'a guest')
  await addToCart(page, web.shop, 'sencha')
  const other = await page.context().newPage()
  await visit(other, `${web.shop.address}/en/cart`)
  await other.getByRole('link', { name: 'Sign in' }).waitFor()
  await signIn(page, { shop: web.shop, token: await web.shop.customer('Anna') })
  await visit(page, `${web.shop.address}/en/account`)
  await other.getByRole('link', { name: 'Account' }).waitFor()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await other.getByRole('link', { name: 'Sign in' }).waitFor()
  await eventually(async () => assert.equal(await other.evaluate("localStorage.getItem('posad.session')"), null))
  assert.deepEqual(problems, [])
  await close()
})
