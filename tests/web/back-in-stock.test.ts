import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axeViolations } from './axe.ts'
import { sellOut } from './buyers.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

const name = 'E-mail me when it is back'
const alertsOf = async () =>
  (await web.shop.app.pool.query<{ kind: string }>('select kind from catalog.alerts')).rows.map(({ kind }) => kind)

test(
  'a buyer asks for an e-mail when a sold-out product is back, and takes that back (CAT-16, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    await sellOut(web.shop, 'SENCHA-50')
    const token = await web.shop.customer('Vera')
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone, bypassCSP: true })
    await visit(page, `${web.shop.address}/en/product/sencha`)
    await page.getByText('Sold out').first().waitFor()
    await page.getByRole('button', { name }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('next'), '/product/sencha')
    assert.deepEqual(await alertsOf(), [])

    await signIn(page, { shop: web.shop, token })
    await visit(page, `${web.shop.address}/en/product/sencha`)
    await page.getByRole('button', { name, pressed: false }).press('Enter')
    await page.getByText('We will e-mail you once, when it is back').waitFor()
    assert.deepEqual(await alertsOf(), ['back_in_stock'])
    assert.deepEqual(await axeViolations(page), [])
    await visit(page, `${web.shop.address}/en/product/sencha`)
    await page.getByRole('button', { name, pressed: true }).click()
    await page.getByText('We will not e-mail you about it').waitFor()
    await page.getByRole('button', { name, pressed: false }).waitFor()
    assert.deepEqual(await alertsOf(), [])
    assert.deepEqual(problems, [])
    await close()
  },
)
