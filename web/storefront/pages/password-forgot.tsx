import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { bodyOf } from '../api/client.ts'
import { browser } from '../browser.ts'
import { useDraft } from '../parts/draft.ts'
import { Form, useForm } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { TextField } from '../parts/text-field.tsx'
import { route } from '../router/route.ts'
import { sessionStore } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'

/** Asks for the e-mail. The answer is the same whether it has an account. */
function ForgotPage(): VNode {
  const { href, texts } = useShop()
  const { forgot } = texts.account
  const [sentTo, setSentTo] = useState<string>()
  if (sentTo === undefined) return <ForgotForm sent={setSentTo} />
  return (
    <Notice title={forgot.sent}>
      <p>{forgot.sentTo(sentTo)}</p>
      <p class="hint">{forgot.sentHint}</p>
      <div class="row-actions">
        <button type="button" class="button quiet" onClick={() => setSentTo(undefined)}>
          {forgot.other}
        </button>
        <a class="link" href={href('/sign-in')}>
          {forgot.back}
        </a>
      </div>
    </Notice>
  )
}

function ForgotForm({ sent }: Readonly<{ sent: (email: string) => void }>): VNode {
  const { href, texts } = useShop()
  const { email: label, forgot } = texts.account
  const user = useStore(sessionStore)?.user
  const {
    fields: { email },
    change,
  } = useDraft('password-forgot', { email: '' })
  useEffect(() => {
    if (user?.email && email === '') change({ email: user.email })
  }, [user?.email])
  const form = useForm({
    needed: { email },
    send: async () => {
      await bodyOf(browser().api.POST('/api/v1/auth/password/forgot', { body: { email: email.trim() } }))
      sent(email.trim())
    },
  })
  return (
    <div class="narrow">
      <h1>{forgot.title}</h1>
      <p class="before">{forgot.lead}</p>
      <Form form={form} label={forgot.submit} button="button wide">
        <TextField
          label={label}
          type="email"
          name="email"
          autocomplete="username"
          maxLength={254}
          wrong={form.wrong['email']}
          value={email}
          change={(value) => change({ email: value })}
        />
      </Form>
      <p class="after">
        <a href={href('/sign-in')}>{forgot.back}</a>
      </p>
    </div>
  )
}

export const passwordForgotPage = route<never>({
  path: '/password/forgot',
  Page: ForgotPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.account.forgot.title} — ${facts.name}` }),
})
