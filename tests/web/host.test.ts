import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser, visit, visitorOf } from './browser.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

const barsOf = (page: Page) =>
  page.evaluate<string[]>('[...document.querySelectorAll("meta[name=theme-color]")].map((bar) => bar.content)')

test(
  'a reader chooses the dark theme: the bars of the browser follow, and the choice stays (WEB-1, WEB-6)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { colorScheme: 'light' })
    await visit(page, `${web.shop.address}/en/faq`)
    const paper = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const light = await paper()
    assert.deepEqual(await barsOf(page), ['#fbf8f1', '#171b18'], 'without a choice the device decides')
    await page.getByRole('button', { name: 'Dark or light appearance' }).click()
    assert.notEqual(await paper(), light)
    assert.deepEqual(await barsOf(page), ['#171b18', '#171b18'])
    await visit(page, `${web.shop.address}/en/cart`)
    assert.deepEqual(await barsOf(page), ['#171b18', '#171b18'])
    await page.getByRole('button', { name: 'Dark or light appearance' }).click()
    assert.equal(await paper(), light)
    assert.deepEqual(await barsOf(page), ['#fbf8f1', '#fbf8f1'])
    assert.deepEqual(problems, [])
    await close()
  },
)

/** Opens the page of an order that waits at the pickup point. */
async function openReadyOrder(page: Page): Promise<void> {
  const { shop } = web
  const token = await shop.customer('Anna')
  await signIn(page, { shop, token })
  const { variant_id } = JSON.parse((await shop.send(undefined, 'GET /catalog/products/da-hun-pao')).text) as {
    variant_id: string
  }
  const items = [{ variant_id, quantity: 1 }]
  const body = { items, delivery_method: 'pickup', payment_method: 'cash_on_delivery' }
  const { id } = JSON.parse((await shop.send(token, 'POST /orders', { body })).text) as { id: string }
  await visit(page, `${shop.address}/en/orders/${id}`)
}

/** Gives the browser a way to share, as phones have one: `share` is the source of its function. */
const giveShare = (page: Page, share: string) =>
  page.evaluate(`Object.defineProperty(navigator, 'share', { configurable: true, value: ${share} })`)

test(
  'the link to follow an order goes to another program of the device, or to the clipboard (WEB-1, WEB-5)',
  { skip, timeout: 60_000 },
  async () => {
    const permissions = ['clipboard-read', 'clipboard-write']
    const { page, problems, close } = await visitorOf(web.browser, { permissions })
    await openReadyOrder(page)
    const button = page.getByRole('button', { name: 'Tracking link' })
    const copied = page.getByText('The link is copied.')
    await button.waitFor()
    await page.evaluate("navigator.clipboard.writeText('tea')")
    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()')

    await giveShare(page, 'async (content) => { globalThis.shared = content.url }')
    await button.click()
    assert.match(await page.evaluate<string>('shared'), /\/en\/track\//)
    await giveShare(page, "async () => { globalThis.isAsked = true; throw new DOMException('', 'AbortError') }")
    await button.click()
    assert.equal(await page.evaluate('isAsked'), true)
    assert.deepEqual([await clipboard(), await copied.count()], ['tea', 0], 'a dismissed dialog copies nothing')

    await giveShare(page, "async () => { throw new DOMException('', 'NotAllowedError') }")
    await button.click()
    await copied.waitFor()
    assert.equal(await clipboard(), await page.evaluate<string>('shared'))

    await giveShare(page, 'undefined')
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await button.click()
    await page.getByText('This browser could not copy the link').waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)
