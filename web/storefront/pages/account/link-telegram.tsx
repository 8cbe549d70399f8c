import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { TelegramLogin, useTelegramLogin } from '../../parts/telegram-login.tsx'
import { PasswordField } from '../../parts/text-field.tsx'
import { useShop } from '../../shop.ts'
import { Cancel, type LinkProps } from './link-email.tsx'

/** Adds the Telegram account of the person who picks the number in the bot. */
export function LinkTelegram({ hasPassword, linked, close }: LinkProps): VNode {
  const { texts } = useShop()
  const { access, telegram } = texts.account
  const { login, refusal, begin, end } = useTelegramLogin()
  const [password, setPassword] = useState('')
  const form = useForm({
    needed: hasPassword ? { password } : {},
    fieldOf: { 'wrong-password': 'password' },
    send: async () => {
      const body = hasPassword ? { password } : {}
      begin(await bodyOf(browser().api.POST('/api/v1/auth/link/telegram/deeplink', { body })))
    },
  })
  const finish = async () => {
    const link = await bodyOf(browser().api.POST('/api/v1/auth/link/telegram/deeplink/finish'))
    if (link.status === 'waiting') return false
    linked(link)
    return true
  }
  if (login)
    return (
      <>
        <TelegramLogin login={login} finish={finish} failed={end} />
        <Cancel close={close} />
      </>
    )
  return (
    <Form form={form} label={telegram.start} beside={<Cancel close={close} />}>
      {refusal !== undefined && <p class="alert">{refusal}</p>}
      {hasPassword && (
        <PasswordField
          label={access.ownPassword}
          value={password}
          change={setPassword}
          wrong={form.wrong['password']}
        />
      )}
    </Form>
  )
}
