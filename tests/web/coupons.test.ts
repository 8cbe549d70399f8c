import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

test(
  'a coupon lowers the total in the cart, at the checkout and in the order (CART-4, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const body = { name: { ru: 'Десятая часть', en: 'A tenth' }, kind: 'percentage', percent: 10, code: 'TENTH' }
    expectResponse(await web.shop.send(staff, 'POST /admin/promotions', { body }), 201)
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await visit(page, `${web.shop.address}/en/product/dian-hun`)
    await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
    await eventually(async () => assert.ok(await page.evaluate("localStorage.getItem('posad.cart-token')")))
    await visit(page, `${web.shop.address}/en/cart`)
    await page.getByRole('button', { name: 'I have a coupon' }).click()
    await page.getByLabel('Coupon code').fill('NO-SUCH')
    await page.keyboard.press('Enter')
    await page.getByText('There is no such coupon').waitFor()
    await page.getByLabel('Coupon code').fill('tenth')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('A tenth (TENTH)').waitFor()
    await page.getByText('−₽67').waitFor()
    await page.getByRole('link', { name: 'Check out' }).click()
    await page.getByLabel('City').fill('Kolomna')
    await page.getByLabel('Street').fill('Posadskaya')
    await page.getByLabel('Building').fill('3')
    await page.getByLabel('Name', { exact: true }).fill('Anna')
    await page.getByLabel('Telephone').fill('+7 912 345-67-89')
    await page.getByRole('button', { name: 'Order for ₽603' }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('link', { name: 'To the order' }).click()
    await page.getByText('A tenth (TENTH)').waitFor()
    await page.getByText('₽603').waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'a coupon that gives no discount says why, and leaves the cart (CART-4, WEB-6)',
  { skip, timeout: 60_000 },
  async () => {
    const terms = { kind: 'fixed_amount', amount: 10_000, minimum_total: 10_000_000, code: 'BIG-ORDER' }
    const body = { name: { ru: 'Большой заказ', en: 'A big order' }, ...terms }
    expectResponse(await web.shop.send(staff, 'POST /admin/promotions', { body }), 201)
    const { page, problems, close } = await visitorOf(web.browser)
    await visit(page, `${web.shop.address}/en/product/dian-hun`)
    await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
    await page.getByRole('link', { name: 'Cart: 1 item' }).click()
    await page.getByRole('button', { name: 'I have a coupon' }).click()
    await page.keyboard.type('big-order')
    await page.keyboard.press('Enter')
    await page.getByText('The coupon BIG-ORDER gives no discount: the order is too small for it').waitFor()
    await page.getByRole('button', { name: 'Remove the coupon BIG-ORDER' }).click()
    await page.getByRole('button', { name: 'I have a coupon' }).waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)
