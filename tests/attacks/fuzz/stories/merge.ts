import { createHash, createHmac, randomInt } from 'node:crypto'
import { sign } from '@tma.js/init-data-node'
import { eventually } from '#platform/testing'
import { staff, telegramToken } from '../../../e2e/secrets.ts'
import { password, registerCustomer, signInWithTelegram, uniqueEmail } from '../../../e2e/purchase-steps.ts'
import { api, type Story } from './story.ts'

const auth = `${api}/auth`

/** Vera adds a mailbox and Telegram accounts, merges the account that one of them has, and reverses the merge twice. */
export const mergedAccounts: Story = async ({ step, shop }) => {
  const { access_token: as } = await registerCustomer(shop, 'Vera')
  const email = uniqueEmail('vera')
  await step('customer', `POST ${auth}/link/email`, { as, body: { email, password: 'a guess' }, refused: 403 })
  await step('customer', `POST ${auth}/link/email`, { as, body: { email, password } })
  const confirm = `POST ${auth}/link/email/confirm`
  await step('customer', confirm, { as, body: { code: '12345x' }, refused: 400 })
  await step('customer', confirm, { as, body: { code: await codeTo(email) } })
  const absent = { last_name: undefined, username: undefined, photo_url: undefined }
  const widget = { ...widgetOf(randomInt(1, 2 ** 40)), ...absent }
  await step('customer', `POST ${auth}/link/telegram/widget`, { as, body: { widget, password } })

  const oidc = { code: 'unknown', state: 'unknown', password }
  await step('customer', `POST ${auth}/link/telegram/oidc`, { as, body: oidc, refused: 409 })

  const deeplink = `POST ${auth}/link/telegram/deeplink`
  await step('customer', deeplink, { as, body: { password }, refused: 409 })
  await step('customer', `${deeplink}/finish`, { as, refused: 401 })

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
    const path = { id: merge_id }
    await (route.includes('admin') ? step('staff', route, { as: staff, path }) : step('customer', route, { as, path }))
  }

  async function codeTo(email: string): Promise<string> {
    return await eventually(async () => {
      const code = (await shop.mailsTo(email)).map(({ text }) => /^(\d{6})$/m.exec(text)?.[1]).at(-1)
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
