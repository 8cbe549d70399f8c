import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/text-field.tsx'
import { useShop } from '../../shop.ts'

type Props = Readonly<{
  user: Schemas['User']
  access: Schemas['Identities']
  /** The other sessions have ended. */
  changed: () => void
}>

/** The password of the account: another one, or the way to the first one. */
export function ChangePassword({ user, access: { has_password }, changed }: Props): VNode {
  const { href, texts } = useShop()
  const { access } = texts.account
  return (
    <section class="section sheet" aria-labelledby="password">
      <h2 id="password">{access.password}</h2>
      {has_password && <PasswordForm changed={changed} />}
      {!has_password && <p>{user.email === null ? access.noPasswordYet : access.noPassword}</p>}
      {!has_password && user.email !== null && (
        <a class="button quiet" href={href('/password/forgot')}>
          {access.getLink}
        </a>
      )}
    </section>
  )
}

function PasswordForm({ changed }: Pick<Props, 'changed'>): VNode {
  const { href, texts } = useShop()
  const { access, forgot } = texts.account
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const [isChanged, setChanged] = useState(false)
  const form = useForm({
    needed: { current_password: current, new_password: fresh },
    fieldOf: { 'wrong-password': 'current_password', 'password-too-common': 'new_password' },
    send: async () => {
      setChanged(false)
      const body = { current_password: current, new_password: fresh }
      await bodyOf(browser().api.POST('/api/v1/auth/password/change', { body }))
      setCurrent('')
      setFresh('')
      setChanged(true)
      changed()
    },
  })
  const byMail = (
    <a class="link" href={href('/password/forgot')}>
      {forgot.link}
    </a>
  )
  return (
    <>
      <p class="hint">{access.passwordLead}</p>
      <Form form={form} label={access.change} beside={byMail}>
        <PasswordField
          label={access.current}
          name="current_password"
          value={current}
          change={setCurrent}
          wrong={form.wrong['current_password']}
        />
        <PasswordField
          label={access.fresh}
          name="new_password"
          isNew
          value={fresh}
          change={setFresh}
          wrong={form.wrong['new_password']}
        />
        <p role="status">{isChanged && access.changed}</p>
      </Form>
    </>
  )
}
