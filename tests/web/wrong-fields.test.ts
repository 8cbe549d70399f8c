import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { fillAddress, openCheckout } from './checkout-steps.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

/** The names of the fields that are marked as wrong. */
const markedOf = (page: Page) =>
  page.evaluate<string[]>("[...document.querySelectorAll('[aria-invalid]')].map((field) => field.name)")

test(
  'one pass marks every wrong field of the checkout, and a corrected field loses its reason at once (WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await openCheckout(page, web.shop)
    await page.getByLabel('E-mail').fill('guest@')
    await page.getByLabel('Telephone').fill('123')
    await page.getByRole('button', { name: 'Place the order' }).click()
    await page.getByText('Correct the marked fields').waitFor()
    assert.deepEqual(await markedOf(page), ['city', 'street', 'building', 'name', 'phone', 'email'])
    await page.getByLabel('City').and(page.locator(':focus')).waitFor()

    await page.getByLabel('Telephone').fill('1234')
    await page.getByLabel('E-mail').fill('guest@e')
    await page.getByText('Check the address').waitFor({ state: 'detached' })
    assert.deepEqual(await markedOf(page), ['city', 'street', 'building', 'name', 'phone'], 'still too short')
    await fillAddress(page)
    await page.getByText('Correct the marked fields').waitFor({ state: 'detached' })
    assert.deepEqual(await markedOf(page), [])

    await page.getByRole('radio', { name: /^On delivery/ }).check()
    await page.getByLabel('E-mail').fill('guest@-x')
    await page.getByRole('button', { name: /^Order for/ }).click()
    await page.getByText('Check the address').waitFor()
    assert.deepEqual(await markedOf(page), ['email'], 'the shop refused what the page let pass')
    await page.getByLabel('E-mail').fill('guest@example.org')
    await page.getByText('Check the address').waitFor({ state: 'detached' })
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'a form of the account marks a wrong address and an empty field together, until they are edited (WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await visit(page, `${web.shop.address}/en/register`)
    await page.getByLabel('E-mail').fill('guest@')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByText('Fill in this field').waitFor()
    assert.deepEqual(await markedOf(page), ['email', 'password'])
    await page.getByLabel('Password', { exact: true }).fill('o')
    await page.getByText('Fill in this field').waitFor({ state: 'detached' })
    assert.deepEqual(await markedOf(page), ['email'])
    await page.getByLabel('E-mail').fill('guest@example.org')
    await page.getByText('Check the address').waitFor({ state: 'detached' })
    assert.deepEqual(problems, [])
    await close()
  },
)
