import type { Page } from 'playwright-core'
import { expectResponse } from '#platform/testing'
import { en } from '../../web/storefront/text/en.ts'
import { ru } from '../../web/storefront/text/ru.ts'
import { staff, type Shop } from '../e2e/open-shop.ts'
import { visit } from './browser.ts'
import { shipmentOf } from './buyers.ts'

/** A page of the shop and how to come to it; the path has no language. */
type ShownPage = Readonly<{
  name: string
  path: string
  /** The page of a signed-in reader. */
  isOwn?: boolean
  /** A page that a module writes: its address has no language, and its script is its own. */
  isPlain?: boolean
  prepare?: (page: Page) => Promise<void>
}>

/** Every page of the storefront with content: an order for each way of delivery, a cart, a failed search. */
export async function everyPage(shop: Shop, token: string): Promise<readonly ShownPage[]> {
  const variants = async (plural: string) =>
    (
      JSON.parse((await shop.send(undefined, `GET /catalog/${plural}?in_stock=true`)).text) as {
        items: { variant_id: string }[]
      }
    ).items
  const [teas, flowers] = await Promise.all([variants('teas'), variants('flowers')])
  const place = async (terms: object) => {
    const items = [
      { variant_id: teas[0]?.variant_id, quantity: 2 },
      { variant_id: flowers[3]?.variant_id, quantity: 5 },
    ]
    const placed = await shop.send(token, 'POST /orders', { body: { items, ...terms } })
    return JSON.parse(placed.text) as { id: string; payment: { confirmation_url: string | null } }
  }
  const address = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12' }
  for (const apartment of ['3', '4']) {
    const body = { ...address, apartment }
    const saved = await shop.send(token, 'POST /auth/me/addresses', { body })
    // A repeat adds none.
    if (saved.status !== 200) expectResponse(saved, 201)
  }
  const online = await place({
    delivery_method: 'courier',
    delivery_address: address,
    recipient_name: 'Anna',
    recipient_phone: '+7 912 345-67-89',
  })
  const pickup = await place({ delivery_method: 'pickup', payment_method: 'cash_on_delivery' })
  for (const locale of ['ru', 'en']) await shop.send(staff, 'POST /admin/faq', { body: { locale, ...question } })
  const cancelled = await place({ delivery_method: 'pickup' })
  await shop.send(token, `POST /orders/${cancelled.id}/cancel`, { body: {} })
  const returned = await place({ delivery_method: 'pickup', payment_method: 'cash_on_delivery' })
  await shipmentOf(shop, token, returned.id)
  await askToReturn(shop, token, returned.id)
  const { tracking_token } = await shipmentOf(shop, token, pickup.id)
  return [
    { name: 'home', path: '' },
    { name: 'catalog', path: '/catalog' },
    { name: 'category', path: '/catalog/tea?attr=taste:honey' },
    { name: 'nothing-found', path: '/catalog?search=oolnog' },
    { name: 'tea', path: '/product/da-hun-pao' },
    { name: 'bouquet', path: '/product/pervoe-utro' },
    { name: 'sold-out', path: `/product/${await sellOutMug(shop)}` },
    { name: 'reviewed', path: `/product/${await reviewTray(shop)}` },
    { name: 'reviews', path: `/product/${tray}/reviews` },
    { name: 'faq', path: '/faq' },
    { name: 'cart-empty', path: '/cart' },
    { name: 'sign-in', path: '/sign-in' },
    {
      name: 'register',
      path: '/register',
      prepare: async (page) => await page.locator('main button[type=submit]').click(),
    },
    { name: 'password-forgot', path: '/password/forgot' },
    { name: 'password-reset', path: '/password/reset#a-code-of-a-link' },
    { name: 'password-link-incomplete', path: '/password/reset' },
    { name: 'email-verify', path: '/email/verify#a-code-of-a-link' },
    { name: 'account-deleted', path: '/account/deleted' },
    { name: 'missing', path: '/nowhere' },
    { name: 'offline', path: '/offline' },
    { name: 'track', path: `/track/${tracking_token}` },
    { name: 'cart', path: '/product/te-guan-in', isOwn: true, prepare: fillCart },
    { name: 'checkout', path: '/checkout', isOwn: true },
    { name: 'account', path: '/account', isOwn: true },
    { name: 'account-profile', path: '/account/profile', isOwn: true },
    {
      name: 'account-addresses',
      path: '/account/addresses',
      isOwn: true,
      prepare: async (page) => {
        await page.locator('.address .link').last().waitFor()
        await page.locator('.account-content > .section > .button').click()
        await page.locator('main button[type=submit]').click()
      },
    },
    {
      name: 'account-access',
      path: '/account/access',
      isOwn: true,
      prepare: async (page) => {
        await page.locator('.session').first().waitFor()
        await page.locator('main form button[type=submit]').first().click()
      },
    },
    {
      name: 'account-data',
      path: '/account/data',
      isOwn: true,
      prepare: async (page) => {
        await page.locator('main button.stop').click()
        await page.locator('main .points').first().waitFor()
      },
    },
    { name: 'order', path: `/orders/${online.id}`, isOwn: true },
    { name: 'order-pickup', path: `/orders/${pickup.id}`, isOwn: true },
    { name: 'order-cancelled', path: `/orders/${cancelled.id}`, isOwn: true },
    {
      name: 'order-returned',
      path: `/orders/${returned.id}`,
      isOwn: true,
      prepare: async (page) => {
        await page.locator('.returns > .button').click()
        await page.locator('.returns button[type=submit]').click()
      },
    },
    { name: 'failed', path: '/cart', prepare: failToLoad },
    { name: 'payment', path: online.payment.confirmation_url ?? '', isPlain: true },
    { name: 'payment-broken-link', path: '/pay/no-such-payment', isPlain: true },
    { name: 'invitation', path: '/invitation', isPlain: true },
    { name: 'alert-link', path: '/alerts/no-such-link', isPlain: true },
    { name: 'board-sign-in', path: '/dispatch/board', isPlain: true },
  ]
}

const question = {
  title: 'Можно забрать сегодня? Can I collect it today?',
  answer: 'Да, через час после заказа. Yes, an hour after you order.',
}

const findProduct = async (shop: Shop, slug: string) =>
  JSON.parse((await shop.send(undefined, `GET /catalog/products/${slug}`)).text) as {
    id: string
    variants: { id: string; stock_quantity: number }[]
  }

/** Other customers buy all pieces of a product. */
async function sellOutMug(shop: Shop): Promise<string> {
  const slug = 'kruzhka-pechnaya'
  const { variants } = await findProduct(shop, slug)
  for (const { id, stock_quantity } of variants.filter((variant) => variant.stock_quantity > 0)) {
    const body = { delta: -stock_quantity, reason: 'sold at the counter' }
    expectResponse(await shop.send(staff, `POST /admin/variants/${id}/stock`, { body }), 201)
  }
  return slug
}

const tray = 'chaban-bambuk'

/** A product has more reviews than one page shows, from two platforms; a repeat adds none. */
async function reviewTray(shop: Shop): Promise<string> {
  const { id: product_id } = await findProduct(shop, tray)
  for (let day = 10; day < 33; day++) {
    const body = {
      id: `01900000-0000-7000-8000-0000000000${day}`,
      product_id,
      platform: day % 2 === 0 ? 'yandex' : 'google',
      author: day % 3 === 0 ? null : 'Борис Boris',
      rating: 3 + (day % 3),
      text:
        day % 5 === 0 ? '' : 'Не качается, вода не проливается. It stands firm and spills nothing.\n'.repeat(day % 4),
      reviewed_at: `2026-09-${String(day - 9).padStart(2, '0')}T10:00:00Z`,
    }
    expectResponse(await shop.send(staff, 'POST /admin/reviews', { body }), 201)
  }
  return tray
}

/** The buyer has received an order, and asked to return a part of it; the shop has agreed. */
async function askToReturn(shop: Shop, token: string, order_id: string): Promise<void> {
  await shop.send(staff, `PATCH /admin/orders/${order_id}/status`, { body: { status: 'fulfilled' } })
  const { returnable } = JSON.parse((await shop.send(token, `GET /orders/${order_id}/returns`)).text) as {
    returnable: { variant_id: string }[]
  }
  const items = returnable.slice(0, 1).map(({ variant_id }) => ({ variant_id, quantity: 1 }))
  const body = { items, reason: 'Коробка помята. The box is dented.' }
  const { id } = JSON.parse((await shop.send(token, `POST /orders/${order_id}/returns`, { body })).text) as {
    id: string
  }
  const answer = { answer: 'Принесите в магазин. Bring it to the shop.' }
  await shop.send(staff, `POST /admin/order-returns/${id}/approve`, { body: answer })
}

async function fillCart(page: Page): Promise<void> {
  const added = page.waitForResponse('**/cart/items')
  await page.locator('.buy .button').click()
  await added
  await page.locator('.cart-link').click()
  await page.locator('.cart-item h2').first().waitFor()
}

/** Opens a list while the shop cannot read its catalog. */
async function failToLoad(page: Page): Promise<void> {
  const problem = { code: 'internal-error', status: 500, title: 'Internal error', request_id: '0192f3c4-request' }
  await page.route('**/api/v1/catalog/products?*', (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  )
  await page.locator('.sections a').first().click()
  await page.locator('main code').waitFor()
  await page.unroute('**/api/v1/catalog/products?*')
}

type Opening = Readonly<{ shop: Shop; locale: string; shown: ShownPage }>

/** Opens a page, brings it into the state to show, and waits for its content and its pictures. */
export async function openPage(page: Page, { shop, locale, shown }: Opening): Promise<void> {
  if (shown.isPlain) await page.goto(`${shop.address}${shown.path}`)
  else await visit(page, `${shop.address}/${locale}${shown.path}`)
  await shown.prepare?.(page)
  await page.locator('main .skeleton').first().waitFor({ state: 'detached' })
  for (const { ui } of [ru, en])
    await page.locator('main').getByText(ui.loading, { exact: true }).first().waitFor({ state: 'detached' })
  await page.evaluate(
    `(async () => {
      for (const image of document.images) image.loading = 'eager'
      await Promise.all([...document.images].map((image) => image.decode().catch(() => {})))
    })()`,
  )
}
