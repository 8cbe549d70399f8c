import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { axeViolations } from './axe.ts'
import { desktop, noBrowser, phone, visitorOf } from './browser.ts'
import { fillAddress, fillRecipient, openCheckout } from './checkout-steps.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser
const both = (text: string) => ({ ru: text, en: text })

/** Sends a request of staff, and returns the id of what it created. */
async function created(path: 'pickup-points' | 'delivery-zones' | 'promotions', body: object): Promise<string> {
  return (expectResponse(await web.shop.send(staff, `POST /admin/${path}`, { body }), 201) as { id: string }).id
}

const zones: string[] = []
const addZone = async (zone: object) => void zones.push(await created('delivery-zones', zone))
const deleteZones = async () => {
  for (const id of zones.splice(0)) await web.shop.send(staff, `DELETE /admin/delivery-zones/${id}`)
}

/** Presses Tab until the focus is on the control of this name. */
async function pressUntil(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('Tab')
    if (name.test(await page.evaluate<string>("document.activeElement.getAttribute('aria-label') ?? ''"))) return
  }
  assert.fail(`no ${String(name)} within 20 presses`)
}

/** The latest order of the shop. */
async function latestOrder() {
  const { rows } = await web.shop.app.pool.query<{
    pickup_point_id: string
    delivery_address: Readonly<Record<string, unknown>>
    delivery_fee: number
  }>(
    'select pickup_point_id, delivery_address, delivery_fee::int from ordering.orders order by created_at desc limit 1',
  )
  return rows[0]
}

test(
  'pickup points are on a list and on a map, and the keyboard alone chooses one (DLV-3, WEB-1, WEB-6)',
  { skip, timeout: 90_000 },
  async () => {
    const point = {
      name: both('Station kiosk'),
      address: both('Zelyonaya 3'),
      hours: [{ days: [1, 2, 3, 4, 5, 6, 7], opens: '09:00', closes: '21:00' }],
      timezone: 'Europe/Moscow',
    }
    const id = await created('pickup-points', { ...point, position: 1, lat: 55.11, lng: 38.785 })
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone, bypassCSP: true })
    await openCheckout(page, web.shop)
    await page.getByRole('radio', { name: 'Pickup' }).check()
    const map = page.getByRole('group', { name: 'Map of the pickup points' })
    const [kiosk, shop] = [
      map.getByRole('button', { name: '2. Station kiosk' }),
      map.getByRole('button', { name: '1. The shop' }),
    ]
    const [north, south] = [await kiosk.boundingBox(), await shop.boundingBox()]
    assert.ok(north && south && north.y < south.y && north.x > south.x, 'the north is above, the east on the right')
    await page.getByText('The courier').waitFor({ state: 'detached' })
    await page.getByRole('radio', { name: /^1\. The shop/ }).focus()
    await pressUntil(page, /^2\. Station kiosk/)
    await page.keyboard.press('Enter')
    assert.equal(await page.getByRole('radio', { name: /^2\. Station kiosk/ }).isChecked(), true)
    assert.deepEqual(
      [await kiosk.getAttribute('aria-pressed'), await shop.getAttribute('aria-pressed')],
      ['true', 'false'],
    )
    assert.deepEqual(await axeViolations(page), [])
    await fillRecipient(page)
    await page.getByRole('radio', { name: /^On delivery/ }).check()
    await page.getByRole('button', { name: /^Order for/ }).click()
    await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
    assert.equal((await latestOrder())?.pickup_point_id, id)
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'a zone of coordinates is reached by the map: with the arrow keys, with a press, and by the device (DLV-4, WEB-1, WEB-6)',
  { skip, timeout: 90_000 },
  async () => {
    const zone = { name: both('Centre'), places: [], lat: 55.1, lng: 38.77, radius_m: 2000, fee: 20_000 }
    await addZone(zone)
    const geolocation = { latitude: 55.3, longitude: 38.77 }
    const options = { viewport: desktop, bypassCSP: true, geolocation, permissions: ['geolocation'] }
    const { page, problems, close } = await visitorOf(web.browser, options)
    await openCheckout(page, web.shop)
    await fillAddress(page)
    await page.getByText('We do not deliver to this address yet').waitFor()
    await page.getByRole('button', { name: 'Where I am now' }).click()
    await page.getByText('outside of our zones').waitFor()
    const map = page.getByRole('application', { name: /^Map of the delivery zones/ })
    const box = await map.boundingBox()
    assert.ok(box)
    await map.click({ position: { x: box.width / 2, y: box.height / 2 } })
    await page.getByText('outside of our zones').waitFor()
    await map.focus()
    for (let presses = 0; presses < 40 && (await page.getByText('in the zone “Centre”').count()) === 0; presses++)
      await page.keyboard.press('ArrowDown')
    await page.getByRole('button', { name: 'Order for ₽870' }).waitFor()
    assert.deepEqual(await axeViolations(page), [])
    await page.getByRole('radio', { name: /^On delivery/ }).check()
    await page.getByRole('button', { name: 'Order for ₽870' }).click()
    await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
    const order = await latestOrder()
    assert.equal(order?.delivery_fee, 20_000)
    assert.ok(Math.abs(Number(order?.delivery_address['lat']) - 55.1) < 0.02)
    assert.deepEqual(problems, [])
    await close()
    await deleteZones()
  },
)

test(
  'a zone of postcodes is reached by the postcode, and every discount is in the sums of the checkout (DLV-4, CAT-14, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    await addZone({ name: both('Posad'), places: ['140400'], fee: 15_000 })
    await created('promotions', { name: both('Free courier'), kind: 'free_delivery' })
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await openCheckout(page, web.shop)
    await page.getByText('Total without delivery').waitFor()
    await fillAddress(page)
    await page.getByText('We do not deliver to this address yet').waitFor()
    await page.getByLabel('Postcode').fill('140400')
    await page.getByRole('button', { name: 'Order for ₽670' }).waitFor()
    const sums = await page.locator('.sums > div').allInnerTexts()
    assert.deepEqual(
      sums.map((each) => each.replace('\n', ' ')),
      ['Products ₽670', 'Free courier −₽150', 'Delivery ₽150', 'Total ₽670'],
    )
    await page.getByRole('radio', { name: /^On delivery/ }).check()
    await page.getByRole('button', { name: 'Order for ₽670' }).click()
    await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
    const order = await latestOrder()
    assert.deepEqual([order?.delivery_fee, order?.delivery_address['postcode']], [15_000, '140400'])
    assert.deepEqual(problems, [])
    await close()
  },
)

test('a telephone number is not cut on a small phone (WEB-1, WEB-6)', { skip, timeout: 60_000 }, async () => {
  for (const width of [360, 390]) {
    const { page, close } = await visitorOf(web.browser, { viewport: { width, height: 800 } })
    await openCheckout(page, web.shop)
    await fillRecipient(page)
    const hidden = await page.evaluate<number>(
      "document.querySelector('input[name=phone]').scrollWidth - document.querySelector('input[name=phone]').clientWidth",
    )
    assert.ok(hidden <= 0, `${hidden} pixels of the number are hidden at ${width}`)
    await close()
  }
})
