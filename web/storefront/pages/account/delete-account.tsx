import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../../api/client.ts'
import { reasonOf } from '../../api/reason-of.ts'
import { browser } from '../../browser.ts'
import { useArrival } from '../../parts/arrival.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { useResource } from '../../parts/resource.ts'
import { PasswordField } from '../../parts/text-field.tsx'
import { useRouter } from '../../router/router.ts'
import { useShop } from '../../shop.ts'
import { Cancel } from './link-email.tsx'

/** Deletes the account after a confirmation that names what is deleted, what is kept, and what happens then. */
export function DeleteAccount({ user }: Readonly<{ user: Schemas['User'] }>): VNode {
  const { texts } = useShop()
  const { records } = texts.account
  const [isAsked, setAsked] = useState(false)
  const { resource } = useResource(() => bodyOf(browser().api.GET('/api/v1/auth/identities')), user.id)
  return (
    <section class="section sheet" aria-labelledby="delete">
      <h2 id="delete">{records.delete}</h2>
      {!isAsked && (
        <>
          <p>{records.deleteText}</p>
          <button type="button" class="button quiet stop" onClick={() => setAsked(true)}>
            {records.begin}
          </button>
        </>
      )}
      {isAsked && resource.kind === 'loading' && <p role="status">{texts.ui.loading}</p>}
      {isAsked && resource.kind === 'failed' && <p class="alert">{reasonOf(resource.failure, texts)}</p>}
      {isAsked && resource.kind === 'ready' && (
        <Confirmation hasPassword={resource.content.has_password} close={() => setAsked(false)} />
      )}
    </section>
  )
}

type Props = Readonly<{ hasPassword: boolean; close: () => void }>

function Confirmation({ hasPassword, close }: Props): VNode {
  const { href, texts } = useShop()
  const { access, records } = texts.account
  const router = useRouter()
  const [password, setPassword] = useState('')
  const form = useForm({
    needed: hasPassword ? { password } : {},
    fieldOf: { 'wrong-password': 'password' },
    send: async () => {
      await bodyOf(browser().api.DELETE('/api/v1/auth/me', { body: hasPassword ? { password } : {} }))
      router.go(href('/account/deleted'), { replace: true })
      browser().session.ended()
    },
  })
  return (
    <Form form={form} label={records.submit} button="button stop" beside={<Cancel close={close} />}>
      <Consequences />
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

function Consequences(): VNode {
  const { texts } = useShop()
  const { deleted, deletedItems, kept, remaining, after } = texts.account.records
  const heading = useArrival<HTMLHeadingElement>()
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {deleted}
      </h3>
      <ul class="points">
        {deletedItems.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
      <h3>{kept}</h3>
      <ul class="points">
        {remaining.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
      <p>{after}</p>
    </>
  )
}
