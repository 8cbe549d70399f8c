import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

const path = '/en/product/dian-hun'

test('a reader finds the reviews of a product in its page, also without scripts (SUP-2, WEB-1)', async () => {
  const { id } = JSON.parse((await web.shop.send(undefined, 'GET /catalog/products/da-hun-pao')).text) as { id: string }
  const body = {
    product_id: id,
    platform: 'yandex',
    author: 'Boris',
    rating: 4,
    text: 'A <b>long</b> talk in a cup',
    url: 'https://example.org/reviews/1',
    reviewed_at: '2026-11-01T10:00:00Z',
  }
  expectResponse(await web.shop.send(staff, 'POST /admin/reviews', { body }), 201)
  const text = await (await fetch(`${web.shop.address}/en/product/da-hun-pao`)).text()
  assert.match(text, /4 out of 5 · 1 review/)
  assert.match(text, /A &lt;b>long&lt;\/b> talk in a cup/)
  assert.match(text, /<a href="https:\/\/example.org\/reviews\/1" rel="nofollow noopener">yandex/)
  assert.match(text, /"aggregateRating":\{"@type":"AggregateRating","ratingValue":4,"reviewCount":1\}/)
})

test(
  'only who has received a product reviews it, and staff publish the review (SUP-3, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const token = await web.shop.customer('Vera')
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await signIn(page, { shop: web.shop, token })
    await visit(page, web.shop.address + path)
    await page.getByRole('button', { name: 'Write a review' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Give one to five stars').waitFor()
    await page.getByRole('radio', { name: '5 out of 5 stars' }).check()
    await page.getByLabel('Review', { exact: false }).last().fill('Honey and malt')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Only buyers who have received the product may review it').waitFor()

    const bought = JSON.parse((await web.shop.send(undefined, 'GET /catalog/products/dian-hun')).text) as {
      variant_id: string
    }
    const order = {
      items: [{ variant_id: bought.variant_id, quantity: 1 }],
      delivery_method: 'pickup',
      payment_method: 'cash_on_delivery',
    }
    const { id } = JSON.parse((await web.shop.send(token, 'POST /orders', { body: order })).text) as { id: string }
    let shipment = ''
    for (let tries = 0; tries < 150 && shipment === ''; tries++) {
      const { status, text } = await web.shop.send(token, `GET /delivery/order/${id}`)
      if (status === 200) shipment = (JSON.parse(text) as { id: string }).id
      else await page.waitForTimeout(100)
    }
    expectResponse(await web.shop.send(staff, `POST /delivery/${shipment}/deliver`, { body: {} }), 200)
    await visit(page, `${web.shop.address}/en/orders/${id}`)
    await page.getByText('Thank you! Enjoy it.').waitFor()
    await page.getByRole('link', { name: 'Dian Hong, golden buds' }).click()
    await page.getByRole('button', { name: 'Write a review' }).click()
    await page.getByRole('radio', { name: '5 out of 5 stars' }).check()
    await page.getByRole('textbox', { name: 'Review' }).fill('Honey and malt')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Your review will appear once the shop has read it').waitFor()
    const list = await web.shop.send(staff, 'GET /admin/reviews?status=pending')
    const [review] = (JSON.parse(list.text) as { items: { id: string; version: number }[] }).items
    const body = { status: 'published', version: review?.version }
    expectResponse(await web.shop.send(staff, `PUT /admin/reviews/${review?.id}/status`, { body }), 200)
    await visit(page, web.shop.address + path)
    await page.getByText('Honey and malt').waitFor()
    await page.getByText('verified buyer').waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)
