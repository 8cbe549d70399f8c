import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { say } from '../../parts/messages.tsx'
import { useResource } from '../../parts/resource.ts'
import { PasswordField } from '../../parts/text-field.tsx'
import { useShop } from '../../shop.ts'
import { Cancel } from './link-email.tsx'

type Merge = Schemas['Merge']

/** `hasPassword`: the shop asks for the password that the account has. */
type MergesProps = Readonly<{ hasPassword: boolean; changed: () => void }>

/** The accounts that became part of this one, as long as they can be separated again. */
export function Merges({ hasPassword, changed }: MergesProps): VNode | null {
  const { texts } = useShop()
  const { resource } = useResource(() => bodyOf(browser().api.GET('/api/v1/auth/merges')), 'merges')
  const reverted = () => {
    say(texts.account.merge.reverted)
    changed()
  }
  if (resource.kind !== 'ready' || resource.content.merges.length === 0) return null
  return (
    <section class="section sheet" aria-labelledby="merges">
      <h2 id="merges">{texts.account.merge.merged}</h2>
      <ul>
        {resource.content.merges.map((merge) => (
          <MergedAccount key={merge.id} merge={merge} hasPassword={hasPassword} reverted={reverted} />
        ))}
      </ul>
    </section>
  )
}

type Props = Readonly<{ merge: Merge; hasPassword: boolean; reverted: () => void }>

function MergedAccount({ merge: { id, name, identities, revertible_until }, hasPassword, reverted }: Props): VNode {
  const { formats, texts } = useShop()
  const { access, merge } = texts.account
  const [isAsked, setAsked] = useState(false)
  const [password, setPassword] = useState('')
  const form = useForm({
    needed: hasPassword ? { password } : {},
    fieldOf: { 'wrong-password': 'password' },
    send: async () => {
      const body = hasPassword ? { password } : {}
      await bodyOf(browser().api.POST('/api/v1/auth/merge/{id}/undo', { params: { path: { id } }, body }))
      reverted()
    },
  })
  const ways = identities.map(({ provider, subject }) => `${access.providers[provider]} ${subject}`).join(', ')
  return (
    <li class="way">
      <p>
        <b>{name || ways}</b>
        <br />
        <span class="hint">
          {ways} · {merge.until(formats.date(revertible_until))}
        </span>
      </p>
      {!isAsked && (
        <button type="button" class="link" onClick={() => setAsked(true)}>
          {merge.revert}
        </button>
      )}
      {isAsked && (
        <Form form={form} label={merge.revertYes} beside={<Cancel close={() => setAsked(false)} />}>
          <p>{merge.revertAsk}</p>
          {hasPassword && (
            <PasswordField
              label={access.ownPassword}
              value={password}
              change={setPassword}
              wrong={form.wrong['password']}
            />
          )}
        </Form>
      )}
    </li>
  )
}
