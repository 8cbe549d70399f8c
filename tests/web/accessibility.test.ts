import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { ensureBuild, openBuild } from '../../apps/storefront/build.ts'
import { openShop, type Shop } from '../e2e/open-shop.ts'
import { desktop, noBrowser, openBrowser, phone, visitorOf } from './browser.ts'
import { everyPage, openPage } from './every-page.ts'
import { signIn } from './sign-in.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
type Violation = Readonly<{ id: string; nodes: readonly Readonly<{ html: string; failureSummary: string }>[] }>

let shop: Shop
let browser: Browser
before(async () => {
  if (noBrowser) return
  shop = await openShop({ SHOP_PHONE: '+7 496 612-00-00' }, { build: await openBuild(await ensureBuild(() => {})) })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await shop?.close()
})

for (const [size, viewport] of Object.entries({ phone, desktop }))
  for (const locale of ['ru', 'en'])
    test(
      `axe finds nothing on any page on a ${size} in ${locale}, light and dark (WEB-6)`,
      { skip: noBrowser, timeout: 180_000 },
      async () => {
        const token = await shop.customer('Anna')
        const pages = await everyPage(shop, token)
        const guest = await visitorOf(browser, { viewport, locale, bypassCSP: true })
        const anna = await visitorOf(browser, { viewport, locale, bypassCSP: true })
        await signIn(anna.page, { shop, token })
        const found: string[] = []
        for (const shown of pages) {
          const { page } = shown.isOwn ? anna : guest
          await openPage(page, { shop, locale, shown })
          await page.evaluate(axe)
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme })
            const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()')
            for (const { id, nodes } of violations)
              for (const { html, failureSummary } of nodes)
                found.push(
                  `${shown.name} ${colorScheme} ${id}: ${html.slice(0, 160)} ${failureSummary.replaceAll('\n', ' ')}`,
                )
            const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
            if (overflow > 0) found.push(`${shown.name} is ${overflow} pixels wider than the screen`)
          }
          await page.emulateMedia({ colorScheme: 'light' })
        }
        assert.deepEqual(found, [])
        assert.deepEqual([...guest.problems, ...anna.problems], [])
        await Promise.all([guest.close(), anna.close()])
      },
    )
