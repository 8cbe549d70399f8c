import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { eventually } from '#platform/testing'
import type { Shop } from '../e2e/open-shop.ts'
import { visit } from './browser.ts'

/** Puts a product into the cart of the reader, and opens the checkout. */
export async function openCheckout(page: Page, shop: Shop, slug = 'dian-hun'): Promise<void> {
  await visit(page, `${shop.address}/en/product/${slug}`)
  await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
  // Loading another document at once would cancel the request that makes the cart.
  await eventually(async () =>
    assert.match(await page.evaluate<string>("localStorage.getItem('posad.cart')"), /"items":\[\{/),
  )
  await visit(page, `${shop.address}/en/checkout`)
}

/** Fills the fields of an order by courier. */
export async function fillAddress(page: Page): Promise<void> {
  await page.getByLabel('City').fill('Kolomna')
  await page.getByLabel('Street').fill('Posadskaya')
  await page.getByLabel('Building').fill('3')
  await fillRecipient(page)
}

export async function fillRecipient(page: Page): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill('Anna')
  await page.getByLabel('Telephone').fill('+7 912 345-67-89')
}
