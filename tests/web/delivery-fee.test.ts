import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { noBrowser, visit, visitorOf } from './browser.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

test(
  'the checkout shows the fee of the typed address, and the order costs what it showed (DLV-4, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const body = { name: { ru: 'Коломна', en: 'Kolomna' }, places: ['Kolomna'], fee: 25_000, free_from: 500_000 }
    expectResponse(await web.shop.send(staff, 'POST /admin/delivery-zones', { body }), 201)
    const { page, problems, close } = await visitorOf(web.browser)
    await visit(page, `${web.shop.address}/en/product/dian-hun`)
    await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
    await eventually(async () => assert.ok(await page.evaluate("localStorage.getItem('posad.cart-token')")))
    await visit(page, `${web.shop.address}/en/checkout`)
    await page.getByText('The fee depends on the address').waitFor()
    await page.getByLabel('Street').fill('Posadskaya')
    await page.getByLabel('Building').fill('3')
    await page.getByLabel('City').fill('Moscow')
    await page.getByText('We do not deliver to this address yet').waitFor()
    await page.getByLabel('City').fill('Kolomna')
    await page.getByRole('button', { name: 'Order for ₽920' }).waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Anna')
    await page.getByLabel('Telephone').fill('+7 912 345-67-89')
    await page.getByRole('radio', { name: 'Pickup' }).check()
    await page.getByRole('button', { name: 'Order for ₽670' }).waitFor()
    await page.getByRole('radio', { name: /^Courier/ }).check()
    await page.getByRole('button', { name: 'Order for ₽920' }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('link', { name: 'To the order' }).click()
    await page.getByText('₽250').waitFor()
    await page.getByText('₽920').waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)
