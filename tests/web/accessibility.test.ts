import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axeViolations } from './axe.ts'
import { desktop, noBrowser, phone, visitorOf } from './browser.ts'
import { everyPage, openPage } from './every-page.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop({ SHOP_PHONE: '+7 496 612-00-00' })

/**
 * The page of a payment runs no script, so it loads itself again while its payment may change; it has no field. The page of the
 * dispatcher has its main part after the sign-in.
 */
const isAccepted = (name: string, violation: string): boolean =>
  (name === 'payment' && violation.includes('meta-refresh')) ||
  (name === 'board-sign-in' && violation.includes('landmark-one-main'))

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
          const violations = await axeViolations(page)
          found.push(
            ...violations.filter((each) => !isAccepted(shown.name, each)).map((each) => `${shown.name} ${each}`),
          )
        }
        assert.deepEqual(found, [])
        assert.deepEqual([...guest.problems, ...anna.problems], [])
        await Promise.all([guest.close(), anna.close()])
      },
    )
