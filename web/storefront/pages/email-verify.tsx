import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { browser } from '../browser.ts'
import { Form, useForm } from '../parts/form.tsx'
import { useLinkCode } from '../parts/link-code.ts'
import { Notice } from '../parts/notice.tsx'
import { route } from '../router/route.ts'
import { dropLinkCode } from '../router/router.ts'
import { sessionStore } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'

type End = Readonly<{ kind: 'verified'; email: string; password_removed: boolean }> | Readonly<{ kind: 'dead' }>

/** The page behind the link of an e-mail: its button confirms the address. Programs that open links press no button. */
function VerifyPage(): VNode {
  const { texts } = useShop()
  const { verify, link } = texts.account
  const code = useLinkCode()
  const [end, setEnd] = useState<End>()
  if (end?.kind === 'verified')
    return (
      <Notice title={verify.done}>
        <p>{verify.doneText(end.email)}</p>
        {end.password_removed ? <NewPassword /> : <Onward />}
      </Notice>
    )
  if (end || code === '')
    return (
      <Notice title={end ? link.dead : link.incomplete}>
        <p>
          {end ? link.deadText : link.incompleteText} {link.anotherFromProfile}
        </p>
        <Onward />
      </Notice>
    )
  return <VerifyForm code={code ?? ''} finish={setEnd} />
}

/** The way on after a confirmation elsewhere: the password of the registration no longer works. */
function NewPassword(): VNode {
  const { href, texts } = useShop()
  const { verify } = texts.account
  return (
    <>
      <p>{verify.passwordRemoved}</p>
      <div class="row-actions">
        <a class="button" href={href('/password/forgot')}>
          {verify.setPassword}
        </a>
      </div>
    </>
  )
}

/** The way on: the profile of a reader who is signed in, the shop for a guest. */
function Onward(): VNode {
  const { href, texts } = useShop()
  const { verify } = texts.account
  const session = useStore(sessionStore)
  return (
    <div class="row-actions">
      <a class="button" href={href(session ? '/account/profile' : '/')}>
        {session ? verify.toAccount : verify.toShop}
      </a>
      {!session && (
        <a class="link" href={href('/sign-in?next=/account/profile')}>
          {texts.account.signInButton}
        </a>
      )}
    </div>
  )
}

type Props = Readonly<{ code: string; finish: (end: End) => void }>

function VerifyForm({ code, finish }: Props): VNode {
  const { texts } = useShop()
  const { verify } = texts.account
  const form = useForm({
    send: async () => {
      try {
        const verified = await bodyOf(browser().api.POST('/api/v1/auth/email/verify', { body: { code } }))
        await browser().session.reread()
        finish({ kind: 'verified', ...verified })
      } catch (error) {
        if (failureOf(error).code !== 'invalid-code') throw error
        finish({ kind: 'dead' })
      }
      dropLinkCode()
    },
  })
  return (
    <div class="narrow">
      <h1>{verify.title}</h1>
      <p class="before">{verify.lead}</p>
      <Form form={form} label={verify.submit} button="button wide" />
    </div>
  )
}

export const emailVerifyPage = route<never>({
  path: '/email/verify',
  Page: VerifyPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.account.verify.title} — ${facts.name}` }),
})
