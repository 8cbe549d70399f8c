import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectResponse } from '#platform/testing'
import { parcelOf, registerCourier } from '../e2e/courier-steps.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { fillAddress, openCheckout } from './checkout-steps.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

test(
  'a guest sees the courier and the PIN for him on the way, and the tracking link shows no PIN (DSP-9, ORD-11, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { shop } = web
    const courier = await registerCourier(shop)
    const duty = { duty: 'on', name: 'Pyotr Petrov' }
    assert.equal((await shop.send(courier, 'PUT /dispatch/me/duty', { body: duty })).status, 200)
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await openCheckout(page, shop)
    await fillAddress(page)
    await page.getByRole('radio', { name: /^On delivery/ }).check()
    await page.getByRole('button', { name: /^Order for/ }).click()
    await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
    await page.getByText('We are packing the order.').waitFor()
    assert.equal(await page.getByText('The courier has your order').count(), 0, 'it is not on its way yet')
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    const parcel = await parcelOf(shop, { id, courier, status: 'offered' })
    for (const step of ['accept', 'pick-up'])
      expectResponse(await shop.send(courier, `POST /dispatch/me/parcels/${parcel.id}/${step}`), 200)
    await page.getByText('Your courier: Pyotr').waitFor()
    const shown = await page.locator('.code').innerText()
    const { rows } = await shop.app.pool.query<{ pin: string }>('select pin from dispatch.parcels where id = $1', [
      parcel.id,
    ])
    assert.equal(shown, rows[0]?.pin)
    const tracking = await page.getByRole('link', { name: 'Tracking link' }).getAttribute('href')
    await visit(page, `${shop.address}${tracking}`)
    await page.getByText('Your courier: Pyotr').waitFor()
    assert.doesNotMatch(await page.locator('main').innerText(), new RegExp(`\\b${shown}\\b`))
    assert.deepEqual(problems, [])
    await close()
  },
)
