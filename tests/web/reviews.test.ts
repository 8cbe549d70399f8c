import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { shipmentOf } from './buyers.ts'
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
  const russian = await (await fetch(`${web.shop.address}/ru/product/da-hun-pao`)).text()
  assert.match(russian, /Boris, 1 ноября 2026\u00a0г\., <a/)
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
    const shipment = await shipmentOf(web.shop, token, id)
    expectResponse(await web.shop.send(staff, `POST /delivery/${shipment.id}/deliver`, { body: {} }), 200)
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

/** Adds reviews of another platform to a product, the newest last. */
async function addReviews(slug: string, count: number): Promise<readonly string[]> {
  const product = await web.shop.send(undefined, `GET /catalog/products/${slug}`)
  const { id: product_id } = JSON.parse(product.text) as { id: string }
  const ids: string[] = []
  for (let at = 1; at <= count; at++) {
    const reviewed_at = `2026-10-${String(at).padStart(2, '0')}T10:00:00Z`
    const body = { product_id, platform: 'yandex', rating: 5, text: `Cup number ${at}.`, reviewed_at }
    const created = expectResponse(await web.shop.send(staff, 'POST /admin/reviews', { body }), 201)
    ids.push((created as { id: string }).id)
  }
  return ids
}

const readPage = async (path: string) => {
  const response = await fetch(`${web.shop.address}${path}`)
  const text = await response.text()
  return {
    status: response.status,
    text,
    cups: Array.from(text.matchAll(/<p>Cup number (\d+)\.</g), ([, at]) => Number(at)),
  }
}
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => from - at)

test('all reviews of a product are on pages of their own, the newest first, also without scripts (SUP-2, WEB-1)', async () => {
  const product = '/en/product/bai-mu-dan'
  const link = `<a href="${product}/reviews">All reviews</a>`
  const [newest] = (await addReviews('bai-mu-dan', 6)).slice(-1)
  assert.doesNotMatch((await readPage(product)).text, /All reviews/)
  assert.deepEqual((await readPage(`${product}/reviews`)).cups, down(6, 1))
  expectResponse(await web.shop.send(staff, `DELETE /admin/reviews/${newest}`), 204)
  assert.deepEqual((await readPage(`${product}/reviews`)).cups, down(5, 1), 'a deleted review leaves the page')

  await addReviews('bai-mu-dan', 23)
  assert.ok((await readPage(product)).text.includes(link))
  const first = await readPage(`${product}/reviews`)
  assert.match(first.text, /<h1>Reviews: Bai Mu Dan, white peony<\/h1>/)
  assert.match(first.text, /5 out of 5 · 28 reviews/)
  assert.match(first.text, new RegExp(`rel="canonical" href="[^"]*${product}/reviews"`))
  assert.match(first.text, new RegExp(`rel="next" href="${product}/reviews\\?page=2"`))
  const second = await readPage(`${product}/reviews?page=2`)
  assert.match(second.text, new RegExp(`rel="canonical" href="[^"]*${product}/reviews\\?page=2"`))
  assert.equal(first.cups.length, 20)
  assert.equal(second.cups.length, 8)
  assert.deepEqual(
    [...first.cups, ...second.cups].toSorted((one, other) => other - one),
    [...down(23, 1), ...down(5, 1)].toSorted((one, other) => other - one),
    'every review once',
  )
  for (const path of [`${product}/reviews?page=3`, '/en/product/no-such-tea/reviews', '/en/product/sencha/reviews'])
    assert.equal((await readPage(path)).status, 404, path)
})

test(
  'a reader goes from a product to all of its reviews, to the next page, and back (SUP-2, WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    await addReviews('shou-mei', 21)
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    await visit(page, `${web.shop.address}/en/product/shou-mei`)
    await page.getByRole('link', { name: 'All reviews' }).click()
    await page.getByRole('heading', { level: 1, name: /^Reviews: Shou Mei/ }).waitFor()
    assert.equal(await page.locator('.review').count(), 20)
    await page.getByRole('link', { name: 'Next' }).click()
    await page.getByText('Cup number 1.').waitFor()
    assert.equal(await page.locator('.review').count(), 1)
    await page.goBack()
    await page.getByText('Cup number 21.').waitFor()
    await page.getByRole('link', { name: 'To the product' }).click()
    await page.getByRole('button', { name: 'Add to cart', exact: true }).waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)
