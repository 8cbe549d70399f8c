import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { AdminReturnView } from '#ordering/returns/schema'
import { expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { axeViolations } from './axe.ts'
import { addToCart, buyerOf, buyers, deliver, goToCheckout } from './buyers.ts'
import { noBrowser, phone, visit } from './browser.ts'
import { fillAddress } from './checkout-steps.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

/** Buys two packets of Dian Hong and one of Tie Guan Yin, and receives them. The page of the order is open then. */
async function receiveOrder(page: Page): Promise<void> {
  for (const slug of ['dian-hun', 'dian-hun', 'te-guan-in']) await addToCart(page, web.shop, slug)
  await goToCheckout(page)
  await fillAddress(page)
  await page.getByRole('radio', { name: /^On delivery/ }).check()
  await page.getByRole('button', { name: /^Order for/ }).click()
  await page.getByText('We are packing the order.').waitFor()
  assert.equal(await page.getByRole('heading', { name: 'Returns' }).count(), 0, 'nothing has come yet')
  await deliver(web.shop, page)
  await page.getByText('Thank you! Enjoy it.').waitFor()
}

/** The page without what its address says once. */
const addressOf = (page: Page) => page.url().split('?')[0] ?? ''

/** The pieces of each return of an order, the oldest first. */
async function returnsOf(page: Page) {
  const { rows } = await web.shop.app.pool.query<{ id: string; pieces: string }>(
    `select returns.id, string_agg(line.quantity::text, ',' order by line.quantity) as pieces
     from ordering.returns join ordering.return_lines line on line.return_id = returns.id
     where returns.order_id = $1 group by returns.id order by returns.id`,
    [addressOf(page).split('/').at(-1)],
  )
  return rows
}

/** Asks in the open page to return all pieces of the line of this name. */
async function askFor(page: Page, name: RegExp, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Return items' }).click()
  await page.getByRole('checkbox', { name }).check()
  await page.getByLabel('Why?').fill(reason)
  await page.getByRole('button', { name: 'Ask to return' }).click()
}

const act = async (id: string, action: 'approve' | 'receive' | 'refund', body: object = {}) =>
  expectResponse(
    await web.shop.send(staff, `POST /admin/order-returns/${id}/${action}`, { body }),
    action === 'refund' ? 202 : 200,
    AdminReturnView,
  )

for (const buyer of buyers)
  test(
    `${buyer} asks to return a part of an order by the keyboard, and follows the return to the refund (ORD-10, WEB-1, WEB-6)`,
    { skip, timeout: 120_000 },
    async () => {
      const { page, problems, close } = await buyerOf(web, buyer, { viewport: phone, bypassCSP: true })
      await receiveOrder(page)
      await page.getByRole('button', { name: 'Return items' }).focus()
      await page.keyboard.press('Enter')
      await page.locator('legend:focus', { hasText: 'What would you like to return?' }).waitFor()
      await page.getByRole('button', { name: 'Ask to return' }).press('Enter')
      await page.getByText('Choose at least one item').waitFor()
      await page.getByText('Fill in this field').waitFor()
      await page
        .getByRole('checkbox', { name: /^Dian Hong/ })
        .and(page.locator(':focus'))
        .waitFor()
      assert.deepEqual(await axeViolations(page), [])
      await page.keyboard.press('Space')
      await page.getByText('Choose at least one item').waitFor({ state: 'detached' })
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      assert.equal(await page.locator('.returns output').innerText(), '1')
      await page.getByLabel('Why?').fill('One smells of smoke.\nThe other is fine.')
      await page.getByRole('button', { name: 'Ask to return' }).press('Enter')
      await page.locator('.return:focus', { hasText: 'Requested' }).waitFor()
      await page.getByText('You asked to return items').waitFor()
      assert.deepEqual(
        (await returnsOf(page)).map(({ pieces }) => pieces),
        ['1'],
      )
      assert.deepEqual(await axeViolations(page), [])

      const id = (await returnsOf(page))[0]?.id ?? ''
      // The page is not loaded again: the events of the order move its returns.
      const shown = page.locator('.return')
      const { items } = await act(id, 'approve', { answer: 'Bring it to the shop.' })
      await shown.filter({ hasText: 'Bring it to the shop.' }).waitFor()
      const variant_id = items[0]?.variant_id
      await act(id, 'receive', { items: [{ variant_id, sellable: 0, damaged: 1 }] })
      await shown.filter({ hasText: 'We have the items' }).waitFor()
      await act(id, 'refund')
      await shown.filter({ hasText: 'Finished' }).getByText('₽670').waitFor()
      await page.getByText('We asked the bank to refund you').waitFor()
      assert.deepEqual(await axeViolations(page), [])
      assert.deepEqual(problems, [])
      await close()
    },
  )

test(
  'a request whose answer was lost is sent again as the same return (ORD-10, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await buyerOf(web, 'a guest', { viewport: phone })
    await receiveOrder(page)
    const isReturn = '**/api/v1/orders/by-link/*/returns'
    await page.route(isReturn, async (route) => {
      if (route.request().method() === 'GET') return await route.continue()
      await route.fetch()
      await route.abort('connectionreset')
    })
    await askFor(page, /^Dian Hong/, 'They smell of smoke')
    await page
      .getByText('You are offline')
      .or(page.getByText(/no connection/i))
      .waitFor()
    assert.equal(await page.getByLabel('Why?').inputValue(), 'They smell of smoke')
    await page.unroute(isReturn)
    await page.getByRole('button', { name: 'Ask to return' }).click()
    await page.locator('.return', { hasText: 'Requested' }).waitFor()
    assert.deepEqual(
      (await returnsOf(page)).map(({ pieces }) => pieces),
      ['2'],
    )
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'a return of pieces that another tab returns already is refused in words, and what is left may still be chosen (ORD-10, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await buyerOf(web, 'a signed-in buyer')
    await receiveOrder(page)
    await page.getByRole('button', { name: 'Return items' }).waitFor()
    const other = await page.context().newPage()
    await visit(other, addressOf(page))
    await askFor(other, /^Dian Hong/, 'They smell of smoke')
    await other.locator('.return', { hasText: 'Requested' }).waitFor()
    await askFor(page, /^Dian Hong/, 'I changed my mind')
    await page.getByText('Some of these items are being returned already. Check your choice.').waitFor()
    await page.getByRole('checkbox', { name: /^Dian Hong/ }).waitFor({ state: 'detached' })
    await page.getByRole('checkbox', { name: /^Tie Guan Yin/ }).check()
    await page.getByRole('button', { name: 'Ask to return' }).click()
    await page.locator('.return').nth(1).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Return items' }).count(), 0, 'everything comes back')
    assert.deepEqual(problems, [])
    await close()
  },
)
