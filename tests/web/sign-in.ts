import type { Page } from 'playwright-core'
import type { Shop } from '../e2e/open-shop.ts'
import { visit } from './browser.ts'

/** Signs a browser in with an access token of the API, without the form. */
export async function signIn(page: Page, { shop, token }: Readonly<{ shop: Shop; token: string }>): Promise<void> {
  const user = JSON.parse((await shop.send(token, 'GET /auth/me')).text) as object
  const session = { user, access_token: token, refresh_token: 'none', expires_at: Date.now() + 800_000 }
  await visit(page, `${shop.address}/en/offline`)
  await page.evaluate(`localStorage.setItem('posad.session', ${JSON.stringify(JSON.stringify(session))})`)
}
