import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { ensureBuild, openBuild } from '../../apps/storefront/build.ts'
import { openShop, type Shop } from '../e2e/open-shop.ts'
import { desktop, noBrowser, openBrowser, phone, visitorOf } from './browser.ts'
import { everyPage, openPage } from './every-page.ts'
import { signIn } from './sign-in.ts'

/**
 * `npm run screenshots`: a picture of every page in both languages, light and dark, on a phone and a desktop, in
 * `.posad/screenshots`, and the two pictures of the README in `docs/images`. Names after `--` choose pages: `-- faq payment`.
 */

const root = join(import.meta.dirname, '../..')
const folder = join(root, '.posad/screenshots')
const themes = ['light', 'dark'] as const
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))

async function shoot(shop: Shop, browser: Awaited<ReturnType<typeof openBrowser>>): Promise<number> {
  let count = 0
  for (const [size, viewport] of Object.entries({ phone, desktop }))
    for (const locale of ['ru', 'en']) {
      const token = await shop.customer('Anna')
      const [guest, anna] = [
        await visitorOf(browser, { viewport, locale }),
        await visitorOf(browser, { viewport, locale }),
      ]
      await signIn(anna.page, { shop, token })
      for (const shown of await everyPage(shop, token)) {
        if (chosen.length > 0 && !chosen.includes(shown.name)) continue
        const { page } = shown.isOwn ? anna : guest
        await openPage(page, { shop, locale, shown })
        for (const colorScheme of themes) {
          await page.emulateMedia({ colorScheme })
          await page.screenshot({
            path: join(folder, `${shown.name}-${size}-${locale}-${colorScheme}.png`),
            fullPage: true,
          })
          count++
        }
      }
      await Promise.all([guest.close(), anna.close()])
    }
  return count
}

/** The top of the home page, small enough for a page of text. */
async function shootReadme(page: Page, shop: Shop): Promise<void> {
  await openPage(page, { shop, locale: 'en', shown: { name: 'home', path: '' } })
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(root, `docs/images/shop-${colorScheme}.jpg`), type: 'jpeg', quality: 82 })
  }
}

if (noBrowser) {
  console.error(noBrowser)
  process.exit(1)
}
mkdirSync(folder, { recursive: true })
mkdirSync(join(root, 'docs/images'), { recursive: true })
const build = await openBuild(await ensureBuild(console.log))
const settings = {
  SHOP_PHONE: '+7 496 612-00-00',
  SHOP_EMAIL: 'lavka@example.org',
  SHOP_ADDRESS: 'Коломна, ул. Посадская, 12',
}
const shop = await openShop({ ...settings, SHOP_NAME: 'Posad' }, { build })
const browser = await openBrowser()
const { page, close } = await visitorOf(browser, { viewport: { width: 1280, height: 1000 } })
if (chosen.length === 0) await shootReadme(page, shop)
await close()
if (!process.argv.includes('--readme')) console.log(`${await shoot(shop, browser)} pictures in ${folder}`)
await browser.close()
await shop.close()
process.exit(0)
