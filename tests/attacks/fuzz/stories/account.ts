import { randomUUID } from 'node:crypto'
import { api, type Story } from './story.ts'

const auth = `${api}/auth`

/** Vera registers, changes what there is to change about her, signs out of everything; a courier is invited. */
export const account: Story = async ({ step, shop }) => {
  const email = `vera-${randomUUID()}@example.org`
  const password = 'quince and cardamom 3'
  await step('guest', `POST ${auth}/register`, { body: { email, password: 'password' }, refused: 400 })
  await step('guest', `POST ${auth}/register`, { body: { email, password } })
  await step('guest', `POST ${auth}/register`, { body: { email, password }, refused: 409 })
  await step('guest', `POST ${auth}/login`, { body: { email, password: 'quince' }, refused: 401 })
  const first = await step('guest', `POST ${auth}/login`, { body: { email, password } })
  const { refresh_token } = first
  const renewed = await step('guest', `POST ${auth}/refresh`, { body: { refresh_token } })
  await step('guest', `POST ${auth}/refresh`, { body: { refresh_token: 'nobodys' }, refused: 401 })
  const as = renewed.access_token
  await step('customer', `GET ${auth}/me`, { as })
  await step('customer', `PATCH ${auth}/me`, { as, body: { timezone: 'Europe/Moscow' } })
  await step('guest', `POST ${auth}/validate`, { body: { token: as } })
  const other = await step('guest', `POST ${auth}/login`, { body: { email, password } })
  await step('customer', `GET ${auth}/sessions`, { as })
  const { items } = (await shop.ask('GET', '/auth/sessions', { as })).body
  const { id } = items.find(({ is_current }: { is_current: boolean }) => is_current)
  await step('customer', `DELETE ${auth}/sessions/{id}`, { as: other.access_token, path: { id } })
  await step('customer', `GET ${auth}/me`, { as, refused: 401 })
  await passwordOf({ email, password, as: other.access_token })
  await invited()

  async function passwordOf({ email, password, as }: { email: string; password: string; as: string }) {
    const change = `POST ${auth}/password/change`
    const wrong = { current_password: 'quince', new_password: 'medlar and cardamom 3' }
    await step('customer', change, { as, body: wrong, refused: 403 })
    await step('customer', change, { as, body: { ...wrong, current_password: password } })
    const again = await step('guest', `POST ${auth}/login`, { body: { email, password: wrong.new_password } })
    await step('customer', `POST ${auth}/logout`, { as: again.access_token })
    const last = await step('guest', `POST ${auth}/login`, { body: { email, password: wrong.new_password } })
    await step('customer', `POST ${auth}/logout-all`, { as: last.access_token })
  }

  async function invited() {
    const code = await shop.app.identity.users.invite('courier')
    const body = { code, email: `ivan-${randomUUID()}@example.org`, password, name: 'Ivan' }
    const accept = `POST ${auth}/invitations/accept`
    await step('guest', accept, { body: { ...body, code: 'nobodys' }, refused: 404 })
    await step('guest', accept, { body: { ...body, email }, refused: 409 })
    await step('guest', accept, { body })
    await step('guest', accept, { body, refused: 404 })
  }
}
