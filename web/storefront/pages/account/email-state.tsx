import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../../api/client.ts'
import { failureOf } from '../../api/failure.ts'
import { browser } from '../../browser.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { useShop } from '../../shop.ts'

/** The e-mail of the account: whether it is confirmed, and another e-mail with the link. */
export function EmailState({ user: { email, email_verified } }: Readonly<{ user: Schemas['User'] }>): VNode {
  const { href, texts } = useShop()
  const { profile } = texts.account
  return (
    <section class="section sheet" aria-labelledby="email">
      <h2 id="email">{profile.email}</h2>
      {email === null ? (
        <>
          <p>{profile.noEmail}</p>
          <a class="button quiet" href={href('/account/access')}>
            {profile.add}
          </a>
        </>
      ) : (
        <>
          <p class="way">
            <b>{email}</b>
            <span class={email_verified ? 'badge' : 'badge open'}>
              {email_verified ? profile.verified : profile.unverified}
            </span>
          </p>
          {!email_verified && <SendAgain email={email} />}
        </>
      )}
    </section>
  )
}

function SendAgain({ email }: Readonly<{ email: string }>): VNode {
  const { texts } = useShop()
  const { profile } = texts.account
  const [isSent, setSent] = useState(false)
  const form = useForm({
    send: async () => {
      setSent(false)
      try {
        await bodyOf(browser().api.POST('/api/v1/auth/email/send'))
        setSent(true)
      } catch (error) {
        // The link was opened on another device meanwhile.
        if (failureOf(error).code !== 'already-verified') throw error
        await browser().session.reread()
      }
    },
  })
  return (
    <>
      <p class="hint">{profile.why}</p>
      <Form form={form} label={profile.sendAgain} button="button quiet">
        <p role="status">{isSent && profile.sent(email)}</p>
      </Form>
    </>
  )
}
