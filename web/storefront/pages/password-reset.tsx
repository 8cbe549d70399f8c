import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { browser } from '../browser.ts'
import { Form, useForm } from '../parts/form.tsx'
import { useLinkCode } from '../parts/link-code.ts'
import { Notice } from '../parts/notice.tsx'
import { PasswordField } from '../parts/text-field.tsx'
import { route } from '../router/route.ts'
import { dropLinkCode } from '../router/router.ts'
import { useShop } from '../shop.ts'

/** The page behind the link of an e-mail: it sets a new password. */
function ResetPage(): VNode {
  const { href, texts } = useShop()
  const { reset, link } = texts.account
  const code = useLinkCode()
  const [end, setEnd] = useState<'done' | 'dead'>()
  const another = (
    <a class="button" href={href('/password/forgot')}>
      {link.another}
    </a>
  )
  if (end === 'done')
    return (
      <Notice title={reset.done}>
        <p>{reset.doneText}</p>
        <a class="button" href={href('/sign-in')}>
          {texts.account.signInButton}
        </a>
      </Notice>
    )
  if (end === 'dead')
    return (
      <Notice title={link.dead}>
        <p>{link.deadText}</p>
        {another}
      </Notice>
    )
  if (code === '')
    return (
      <Notice title={link.incomplete}>
        <p>{link.incompleteText}</p>
        {another}
      </Notice>
    )
  return <ResetForm code={code ?? ''} finish={setEnd} />
}

type Props = Readonly<{ code: string; finish: (end: 'done' | 'dead') => void }>

function ResetForm({ code, finish }: Props): VNode {
  const { texts } = useShop()
  const { reset } = texts.account
  const [password, setPassword] = useState('')
  const form = useForm({
    needed: { new_password: password },
    fieldOf: { 'password-too-common': 'new_password' },
    send: async () => {
      const body = { code, new_password: password }
      try {
        await bodyOf(browser().api.POST('/api/v1/auth/password/reset', { body }))
      } catch (error) {
        if (failureOf(error).code !== 'invalid-code') throw error
        return finish('dead')
      }
      dropLinkCode()
      // A session of this account has ended here as well.
      await browser().session.reread()
      finish('done')
    },
  })
  return (
    <div class="narrow">
      <h1>{reset.title}</h1>
      <p class="before">{reset.lead}</p>
      <Form form={form} label={reset.submit} button="button wide">
        <PasswordField
          label={reset.password}
          name="new_password"
          isNew
          value={password}
          change={setPassword}
          wrong={form.wrong['new_password']}
        />
      </Form>
    </div>
  )
}

export const passwordResetPage = route<never>({
  path: '/password/reset',
  Page: ResetPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.account.reset.title} — ${facts.name}` }),
})
