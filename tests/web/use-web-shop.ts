import { after, before } from 'node:test'
import type { Browser } from 'playwright-core'
import { ensureBuild, openBuild } from '../../apps/storefront/build.ts'
import { openShop, type Shop } from '../e2e/open-shop.ts'
import { noBrowser, openBrowser } from './browser.ts'

type WebShop = { shop: Shop; browser: Browser }

/** Opens a shop with its storefront and a browser before the tests of a file, and closes both after them. */
export function useWebShop(settings: Readonly<Record<string, string>> = {}): Readonly<WebShop> {
  const web: Partial<WebShop> = {}
  before(async () => {
    if (noBrowser) return
    web.shop = await openShop(settings, { build: await openBuild(await ensureBuild(() => {})) })
    web.browser = await openBrowser()
  })
  after(async () => {
    await web.browser?.close()
    await web.shop?.close()
  })
  return web as WebShop
}
