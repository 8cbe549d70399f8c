import { createHash, createHmac, randomUUID } from 'node:crypto'
import { sign } from '@tma.js/init-data-node'
import { SavedAddressView } from '#identity/addresses/schema'
import { SignedInView, TokenPairView } from '#identity/schema'
import { SessionView } from '#identity/sessions/schema'
import { Page } from '#platform/schema'
import { expectResponse } from '#platform/testing'
import { staff, telegramToken } from '../../../e2e/secrets.ts'
import { beginAs } from './merge.ts'
import { api, read, type Story } from './story.ts'

const auth = `${api}/auth`
const addresses = `${auth}/me/addresses`

/** Vera registers, changes her profile and password, and ends all her sessions. A courier accepts an invitation. */
export const account: Story = async ({ step, shop, telegram }) => {
  const email = `vera-${randomUUID()}@example.org`
  const password = 'quince and cardamom 3'
  await step('guest', `POST ${auth}/register`, { body: { email, password: 'password' }, refused: 400 })
  await step('guest', `POST ${auth}/register`, { body: { email, password } })
  await step('guest', `POST ${auth}/register`, { body: { email, password }, refused: 409 })
  await step('guest', `POST ${auth}/login`, { body: { email, password: 'quince' }, refused: 401 })
  const first = await step('guest', `POST ${auth}/login`, { body: { email, password } })
  const { refresh_token } = read(SignedInView, first)
  const refreshed = await step('guest', `POST ${auth}/refresh`, { body: { refresh_token } })
  await step('guest', `POST ${auth}/refresh`, { body: { refresh_token: 'unknown' }, refused: 401 })
  const { access_token: as } = read(TokenPairView, refreshed)
  await step('customer', `GET ${auth}/me`, { as })
  await step('customer', `PATCH ${auth}/me`, { as, body: { timezone: 'Europe/Moscow' } })
  await step('guest', `POST ${auth}/validate`, { body: { token: as } })
  const other = tokenOf(await step('guest', `POST ${auth}/login`, { body: { email, password } }))
  await step('customer', `GET ${auth}/sessions`, { as })
  const { items } = expectResponse(await shop.send(as, 'GET /auth/sessions'), 200, Page(SessionView))
  const id = items.find(({ is_current }) => is_current)?.id ?? ''
  await saveAddresses(as)
  await step('customer', `DELETE ${auth}/sessions/{id}`, { as: other, path: { id } })
  await step('customer', `GET ${auth}/me`, { as, refused: 401 })
  await verifyEmail(other)
  await changePassword({ email, password, as: other })
  await resetPassword()
  await acceptInvitation()
  await leave()
  await signInWithTelegram()

  async function saveAddresses(as: string) {
    const address = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12' }
    const path = { id: read(SavedAddressView, await step('customer', `POST ${addresses}`, { as, body: address })).id }
    await step('customer', `POST ${addresses}`, { as, body: { ...address, lat: 55.1 }, refused: 400 })
    await step('customer', `GET ${addresses}`, { as })
    await step('customer', `PUT ${addresses}/{id}`, { as, path, body: { ...address, house: '14' } })
    await step('customer', `PUT ${addresses}/{id}/default`, { as, path })
    await step('customer', `DELETE ${addresses}/{id}`, { as, path })
  }

  async function changePassword({ email, password, as }: { email: string; password: string; as: string }) {
    const change = `POST ${auth}/password/change`
    const wrong = { current_password: 'quince', new_password: 'medlar and cardamom 3' }
    await step('customer', change, { as, body: wrong, refused: 403 })
    await step('customer', change, { as, body: { ...wrong, current_password: password } })
    const credentials = { body: { email, password: wrong.new_password } }
    const second = tokenOf(await step('guest', `POST ${auth}/login`, credentials))
    await step('customer', `POST ${auth}/logout`, { as: second })
    const last = tokenOf(await step('guest', `POST ${auth}/login`, credentials))
    await step('customer', `POST ${auth}/logout-all`, { as: last })
  }

  async function verifyEmail(as: string) {
    await step('customer', `POST ${auth}/email/send`, { as })
    await step('guest', `POST ${auth}/email/verify`, { body: { code: 'unknown' }, refused: 404 })
    const body = { code: await shop.codeTo(email, '/email/verify') }
    await step('customer', `POST ${auth}/email/verify`, { as, body })
    await step('customer', `POST ${auth}/email/send`, { as, refused: 409 })
  }

  async function resetPassword() {
    await step('guest', `POST ${auth}/password/forgot`, { body: { email } })
    const body = { code: await shop.codeTo(email, '/password/reset'), new_password: 'damson and cardamom 3' }
    await step('guest', `POST ${auth}/password/reset`, { body: { ...body, code: 'unknown' }, refused: 404 })
    await step('guest', `POST ${auth}/password/reset`, { body: { ...body, new_password: 'qwertyuiop' }, refused: 400 })
    await step('guest', `POST ${auth}/password/reset`, { body })
  }

  /** Staff look at the account and block it for a moment; then Vera exports her data and deletes her account. */
  async function leave() {
    const password = 'damson and cardamom 3'
    const entered = await step('guest', `POST ${auth}/login`, { body: { email, password } })
    const { user } = read(SignedInView, entered)
    const path = { id: user.id }
    await step('staff', `GET ${api}/admin/users`, { as: staff })
    await step('staff', `GET ${api}/admin/users/{id}`, { as: staff, path })
    await step('staff', `PATCH ${api}/admin/users/{id}`, {
      as: staff,
      path,
      body: { role: 'courier', status: 'blocked' },
    })
    await step('staff', `PATCH ${api}/admin/users/{id}`, {
      as: staff,
      path,
      body: { role: 'customer', status: 'active' },
    })
    await step('staff', `GET ${api}/admin/roles`, { as: staff })
    await step('staff', `GET ${api}/internal/users/{id}`, { as: staff, path })
    await step('staff', `PUT ${api}/admin/roles/{role}`, {
      as: staff,
      path: { role: 'admin' },
      body: { permissions: [] },
      refused: 409,
    })
    const permissions = ['catalog.write', 'broadcasts.send']
    await step('staff', `PUT ${api}/admin/roles/{role}`, {
      as: staff,
      path: { role: 'marketer' },
      body: { permissions },
    })
    const as = tokenOf(await step('guest', `POST ${auth}/login`, { body: { email, password } }))
    await step('customer', `GET ${auth}/me/export`, { as })
    await step('customer', `DELETE ${auth}/me`, { as, body: { password: 'a guess' }, refused: 403 })
    await step('customer', `DELETE ${auth}/me`, { as, body: { password } })
    await step('customer', `GET ${auth}/me/export`, { as, refused: 401 })
  }

  async function signInWithTelegram() {
    const user = { id: 99_281_932, first_name: 'Vera' }
    const init_data = sign({ user, chat_instance: '1' }, telegramToken, new Date())
    await step('guest', `POST ${auth}/telegram/mini-app`, { body: { init_data: 'nonsense' }, refused: 401 })
    await step('guest', `POST ${auth}/telegram/mini-app`, { body: { init_data } })
    const path = { telegram_id: String(user.id) }
    await step('staff', `GET ${api}/internal/users/by-telegram/{telegram_id}`, { as: staff, path })
    const fields = { ...user, auth_date: Math.floor(Date.now() / 1000) }
    const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
    const key = createHash('sha256').update(telegramToken).digest()
    const hash = createHmac('sha256', key).update(text.toSorted().join('\n')).digest('hex')
    const absent = { last_name: undefined, username: undefined, photo_url: undefined }
    const widget = `POST ${auth}/telegram/widget`
    await step('guest', widget, { body: { ...fields, ...absent, hash: '0'.repeat(64) }, refused: 401 })
    await step('guest', widget, { body: { ...fields, ...absent, hash } })
    await signInByDeeplink()
    await signInByOidc()
  }

  async function signInByDeeplink() {
    const finish = `POST ${auth}/telegram/deeplink/finish`
    await step('guest', finish, { refused: 401 })
    const telegram_user = { id: 99_281_933, first_name: 'Vera' }
    const path = `${api}/internal/telegram-logins`
    const none = { token: 'unknown', number: 10, telegram_user }
    await step('staff', `POST ${path}/show`, { as: staff, body: { token: none.token }, refused: 404 })
    await step('staff', `POST ${path}/answer`, { as: staff, body: none, refused: 404 })
    await step('guest', `POST ${auth}/telegram/deeplink`)
    const { cookie, body } = await beginAs(shop, 'POST /auth/telegram/deeplink')
    const token = body.link.split('start=li_')[1] ?? ''
    await step('staff', `POST ${path}/show`, { as: staff, body: { token } })
    await step('staff', `POST ${path}/answer`, { as: staff, body: { token, number: body.number, telegram_user } })
    await step('guest', finish, { headers: { cookie } })
  }

  async function signInByOidc() {
    await step('guest', `POST ${auth}/telegram/oidc/begin`, { body: { purpose: 'sign_in' } })
    const begin = ['POST /auth/telegram/oidc/begin', { purpose: 'sign_in' }] as const
    const { cookie, body } = await beginAs(shop, ...begin)
    const answer = telegram.approve(body.authorization_url, { id: 99_281_934, name: 'Vera' })
    const finish = `POST ${auth}/telegram/oidc`
    await step('guest', finish, { body: { ...answer, state: 'unknown' }, headers: { cookie }, refused: 401 })
    await step('guest', finish, { body: answer, headers: { cookie } })
  }

  async function acceptInvitation() {
    const code = await shop.app.identity!.users.invite('courier')
    const body = { code, email: `ivan-${randomUUID()}@example.org`, password, name: 'Ivan' }
    const accept = `POST ${auth}/invitations/accept`
    await step('guest', accept, { body: { ...body, code: 'unknown' }, refused: 404 })
    await step('guest', accept, { body: { ...body, email }, refused: 409 })
    await step('guest', accept, { body })
    await step('guest', accept, { body, refused: 404 })
  }
}

const tokenOf = (body: unknown): string => read(SignedInView, body).access_token
