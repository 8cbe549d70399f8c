import { createHash, createHmac, randomInt } from 'node:crypto'
import { sign } from '@tma.js/init-data-node'
import { eventually, expectResponse } from '#platform/testing'
import { senderTo } from '../../../e2e/http-client.ts'
import { staff, telegramToken } from '../../../e2e/secrets.ts'
import {
  password,
  registerCustomer,
  signInWithTelegram,
  uniqueEmail,
  verifyMailbox,
} from '../../../e2e/purchase-steps.ts'
import type { Shop } from '../../../e2e/open-shop.ts'
import { api, type Story, type Telegram } from './story.ts'

const auth = `${api}/auth`

/** The settings of a shop with a bot, and with "Log in with Telegram". */
export const telegramLogin = ({ settings }: Telegram): Record<string, string> => ({
  TELEGRAM_BOT_USERNAME: 'posad_bot',
  TELEGRAM_CLIENT_ID: settings.client_id,
  TELEGRAM_CLIENT_SECRET: settings.client_secret,
  TELEGRAM_REDIRECT_URL: settings.redirect_uri,
  TELEGRAM_OIDC_ISSUER: settings.issuer,
  TELEGRAM_OIDC_JWKS_URL: settings.jwks_url,
})

/** The answer to the begin of a login: a link with a number, or an address at Telegram. */
type Begun = Readonly<{ link: string; number: number; authorization_url: string }>

/** Begins a login in a browser, and returns its cookie. */
export async function beginAs(
  shop: Shop,
  request: `POST /${string}`,
  body?: object,
  as?: string,
): Promise<{ cookie: string; body: Begun }> {
  const response = await shop.send(as, request, body && { body })
  const cookie = String(response.headers['set-cookie']).split(';', 1)[0] ?? ''
  return { cookie, body: expectResponse(response, 200) as Begun }
}

/** Vera adds a mailbox and Telegram accounts, merges the account that one of them has, and reverses the merge twice. */
export const mergedAccounts: Story = async ({ step, shop, telegram }) => {
  const { access_token: as } = await registerCustomer(shop, 'Vera')
  const email = uniqueEmail('vera')
  await step('customer', `POST ${auth}/link/email`, { as, body: { email, password: 'a guess' }, refused: 403 })
  await step('customer', `POST ${auth}/link/email`, { as, body: { email, password }, refused: 409 })
  await verifyMailbox(shop, as)
  await step('customer', `POST ${auth}/link/email`, { as, body: { email, password } })
  const confirm = `POST ${auth}/link/email/confirm`
  await step('customer', confirm, { as, body: { code: '0'.repeat(16) }, refused: 404 })
  await step('customer', confirm, { as, body: { code: await codeTo(email) } })
  const absent = { last_name: undefined, username: undefined, photo_url: undefined }
  const widget = { ...widgetOf(randomInt(1, 2 ** 40)), ...absent }
  await step('customer', `POST ${auth}/link/telegram/widget`, { as, body: { widget, password } })

  await linkByDeeplink()
  await linkByOidc()

  for (const route of [`POST ${auth}/merge/{id}/undo`, `POST ${api}/admin/merges/{id}/undo`]) {
    const telegram_id = randomInt(1, 2 ** 40)
    await signInWithTelegram(shop, telegram_id)
    const link = `POST ${auth}/link/telegram`
    await step('customer', link, { as, body: { init_data: 'nonsense', password }, refused: 401 })
    const body = {
      init_data: sign({ user: { id: telegram_id, first_name: 'Vera' } }, telegramToken, new Date()),
      password,
    }
    const { merge } = (await step('customer', link, { as, body })) as { merge: { merge_token: string } }
    await step('customer', `POST ${auth}/merge`, { as, body: { merge_token: 'unknown' }, refused: 404 })
    const merging = { as, body: { merge_token: merge.merge_token } }
    const { merge_id } = (await step('customer', `POST ${auth}/merge`, merging)) as { merge_id: string }
    await step('customer', `GET ${auth}/merges`, { as })
    await step('customer', `GET ${auth}/identities`, { as })
    const path = { id: merge_id }
    await (route.includes('admin')
      ? step('staff', route, { as: staff, path })
      : step('customer', route, { as, path, body: { password } }))
  }

  async function linkByDeeplink() {
    const begin = `POST ${auth}/link/telegram/deeplink`
    await step('customer', begin, { as, body: { password: 'a guess' }, refused: 403 })
    await step('customer', begin, { as, body: { password } })
    await step('customer', `${begin}/finish`, { as, refused: 401 })
    const own = ['POST /auth/link/telegram/deeplink', { password }, as] as const
    const { cookie, body } = await beginAs(shop, ...own)
    const telegram_user = { id: randomInt(1, 2 ** 40), first_name: 'Vera' }
    const answer = { token: body.link.split('start=li_')[1], number: body.number, telegram_user }
    await senderTo(shop.addressOf('auth'))(staff, 'POST /internal/telegram-logins/answer', { body: answer })
    await step('customer', `${begin}/finish`, { as, headers: { cookie } })
  }

  async function linkByOidc() {
    const begin = ['POST /auth/telegram/oidc/begin', { purpose: 'link' }] as const
    const { cookie, body } = await beginAs(shop, ...begin)
    const answer = { ...telegram.approve(body.authorization_url, { id: randomInt(1, 2 ** 40) }), password }
    const link = `POST ${auth}/link/telegram/oidc`
    await step('customer', link, { as, body: { ...answer, state: 'unknown' }, headers: { cookie }, refused: 401 })
    await step('customer', link, { as, body: answer, headers: { cookie } })
  }

  async function codeTo(email: string): Promise<string> {
    return await eventually(async () => {
      const code = (await shop.mailsTo(email)).map(({ text }) => /^\d{4}(?: \d{4}){3}$/m.exec(text)?.[0]).at(-1)
      if (code === undefined) throw new Error(`No mail to ${email} has a code`)
      return code
    })
  }
}

function widgetOf(id: number) {
  const fields = { id, first_name: 'Vera', auth_date: Math.floor(Date.now() / 1000) }
  const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
  const key = createHash('sha256').update(telegramToken).digest()
  return { ...fields, hash: createHmac('sha256', key).update(text.toSorted().join('\n')).digest('hex') }
}
