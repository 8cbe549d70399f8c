import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { desktop, noBrowser, phone, visitorOf } from './browser.ts'
import { everyPage, openPage } from './every-page.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
type Violation = Readonly<{ id: string; nodes: readonly Readonly<{ html: string; failureSummary: string }>[] }>

const web = useWebShop({ SHOP_PHONE: '+7 496 612-00-00' })

for (const [size, viewport] of Object.entries({ phone, desktop }))
  for (const locale of ['ru', 'en'])
    test(
      `axe finds nothing on any page on a ${size} in ${locale}, light and dark (WEB-6)`,
      { skip: noBrowser, timeout: 360_000 },
      async () => {
        const token = await web.shop.customer('Anna')
        const pages = await everyPage(web.shop, token)
        const guest = await visitorOf(web.browser, { viewport, locale, bypassCSP: true })
        const anna = await visitorOf(web.browser, { viewport, locale, bypassCSP: true })
        await signIn(anna.page, { shop: web.shop, token })
        const found: string[] = []
        for (const shown of pages) {
          const { page } = shown.isOwn ? anna : guest
          await openPage(page, { shop: web.shop, locale, shown })
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
