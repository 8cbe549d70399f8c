import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { OrderView } from '#ordering/schema'
import { expectResponse } from '#platform/testing'
import { axeViolations } from './axe.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { fillAddress, fillRecipient, openCheckout } from './checkout-steps.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

/** A signed-in reader on a phone. */
async function signedIn(name: string) {
  const token = await web.shop.customer(name)
  const visitor = await visitorOf(web.browser, { viewport: phone, bypassCSP: true })
  await signIn(visitor.page, { shop: web.shop, token })
  return { ...visitor, token }
}

const type = async (page: Page, label: string, text: string) => {
  await page.getByLabel(label).focus()
  await page.keyboard.type(text)
}
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).press('Enter')
const card = (page: Page, text: string) => page.locator('.address', { hasText: text })

/** Waits until an order is shown, and reads it. */
async function orderOf(page: Page, token: string) {
  await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  return expectResponse(await web.shop.send(token, `GET /orders/${id}`), 200, OrderView)
}

async function orderOnDelivery(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /^On delivery/ }).check()
  await page.getByRole('button', { name: /^Order for/ }).click()
}

test(
  'a buyer adds, changes, chooses and deletes addresses by the keyboard, and puts one back (WEB-1, WEB-6)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await signedIn('Anna')
    await visit(page, `${web.shop.address}/en/account`)
    await page.getByRole('link', { name: 'Addresses' }).press('Enter')
    await page.getByText('No saved addresses yet').waitFor()
    await press(page, 'Add an address')
    await press(page, 'Save')
    await page.getByLabel('City').and(page.locator(':focus')).waitFor()
    await page.keyboard.type('Kolomna')
    await type(page, 'Street', 'Posadskaya')
    await type(page, 'Building', '12')
    await press(page, 'Save')
    await card(page, '12').and(page.locator(':focus')).waitFor()
    await card(page, '12').getByText('Default', { exact: true }).waitFor()

    await press(page, 'Add an address')
    for (const [label, text] of Object.entries({ City: 'Moscow', Street: 'Arbat', Building: '7' }))
      await type(page, label, text)
    await press(page, 'Save')
    await press(page, 'Make default: Moscow, Arbat, 7')
    await card(page, 'Arbat').getByText('Default', { exact: true }).waitFor()
    assert.equal(await page.locator('.address').first().locator('p').innerText(), 'Moscow, Arbat, 7 Default')
    assert.deepEqual(await axeViolations(page), [])

    await press(page, 'Change: Moscow, Arbat, 7')
    await page.getByLabel('Building').fill('9')
    await page.getByLabel('Building').press('Enter')
    await card(page, 'Moscow, Arbat, 9').and(page.locator(':focus')).waitFor()
    await press(page, 'Delete: Moscow, Arbat, 9')
    await page.getByRole('button', { name: 'Add an address' }).and(page.locator(':focus')).waitFor()
    await card(page, '12').getByText('Default', { exact: true }).waitFor()
    await press(page, 'Put back')
    await card(page, 'Moscow, Arbat, 9').getByText('Default', { exact: true }).waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'an order saves its address, and the next one goes there without typing it, or to another (WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close, token } = await signedIn('Vera')
    await openCheckout(page, web.shop)
    await fillAddress(page)
    await page.getByRole('checkbox', { name: 'Save this address to my account' }).check()
    await orderOnDelivery(page)
    const first = await orderOf(page, token)

    await openCheckout(page, web.shop)
    await page.getByRole('radio', { name: /^Kolomna, Posadskaya, 3/, checked: true }).waitFor()
    assert.equal(await page.getByLabel('City').count(), 0, 'the fields are not asked for')
    assert.deepEqual(await axeViolations(page), [])
    await fillRecipient(page)
    await orderOnDelivery(page)
    const second = await orderOf(page, token)
    assert.notEqual(second.id, first.id)
    assert.deepEqual(second.delivery_address, first.delivery_address)

    await openCheckout(page, web.shop)
    await page.getByRole('radio', { name: /^Kolomna, Posadskaya, 3/, checked: true }).press('ArrowDown')
    await page.getByLabel('Street').fill('Arbat')
    await page.getByLabel('City').fill('Moscow')
    await page.getByLabel('Building').fill('7')
    await visit(page, `${web.shop.address}/en/checkout`)
    await page.getByRole('radio', { name: 'Another address', checked: true }).waitFor()
    assert.equal(await page.getByLabel('City').inputValue(), 'Moscow')
    await fillRecipient(page)
    await orderOnDelivery(page)
    const { delivery_address } = await orderOf(page, token)
    assert.ok(typeof delivery_address === 'object' && delivery_address?.street === 'Arbat')
    assert.deepEqual(problems, [])
    await close()
  },
)
