import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desktop, noBrowser, visit } from './browser.ts'
import { everyPage } from './every-page.ts'
import { slowReader, sumOf, textOf } from './layout-shift.ts'
import { useWebShop } from './use-web-shop.ts'

/** Less than a reader notices; the bar of the Web Vitals is 0.1. */
const bar = 0.02

const web = useWebShop({ SHOP_PHONE: '+7 496 612-00-00' })
const phone = { width: 390, height: 844 }

/** A browser that knows the session of the reader and nothing else. */
async function storageOf(token: string) {
  const user = JSON.parse((await web.shop.send(token, 'GET /auth/me')).text) as object
  const session = { user, access_token: token, refresh_token: 'none', expires_at: Date.now() + 800_000 }
  const localStorage = [{ name: 'posad.session', value: JSON.stringify(session) }]
  return { cookies: [], origins: [{ origin: web.shop.address, localStorage }] }
}

for (const [size, viewport] of Object.entries({ phone, desktop }))
  test(
    `no page moves while it loads on a slow ${size} (PERF-9)`,
    { skip: noBrowser, timeout: 300_000 },
    async () => {
      const token = await web.shop.customer('Anna')
      const pages = await everyPage(web.shop, token)
      await fillCart(token)
      const storageState = await storageOf(token)
      const found: string[] = []
      for (const { name, path, isOwn } of pages) {
        const reader = await slowReader(web.browser, { viewport, ...(isOwn && { storageState }) })
        await visit(reader.page, `${web.shop.address}/en${name === 'cart' ? '/cart' : path}`)
        await reader.settled()
        const shifts = await reader.shifts()
        if (process.env['SHOW']) console.log(size, name, sumOf(shifts).toFixed(4), textOf(shifts))
        if (sumOf(shifts) >= bar) found.push(`${name} ${sumOf(shifts).toFixed(3)}: ${textOf(shifts)}`)
        await reader.close()
      }
      assert.deepEqual(found, [])
    },
  )

async function fillCart(token: string): Promise<void> {
  const { items } = JSON.parse((await web.shop.send(undefined, 'GET /catalog/teas?in_stock=true')).text) as {
    items: readonly Readonly<{ variant_id: string }>[]
  }
  for (const { variant_id } of items.slice(0, 3))
    await web.shop.send(token, 'POST /cart/items', { body: { variant_id, quantity: 2 } })
}
