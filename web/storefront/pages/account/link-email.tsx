import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { useArrival } from '../../parts/arrival.ts'
import { useDraft } from '../../parts/draft.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { PasswordField, TextField } from '../../parts/text-field.tsx'
import { useShop } from '../../shop.ts'

export type LinkProps = Readonly<{
  /** The shop asks for the password that the account has. */
  hasPassword: boolean
  linked: (link: Schemas['Link']) => void
  close: () => void
}>

/** Adds a mailbox in two steps: a code goes to it, and the reader types it in. */
export function LinkEmail({ hasPassword, linked, close }: LinkProps): VNode {
  const { fields, change, clear } = useDraft('link-email', { email: '' })
  const [sentTo, setSentTo] = useState<string>()
  const done = (link: Schemas['Link']) => {
    clear()
    linked(link)
  }
  if (sentTo !== undefined) return <CodeForm email={sentTo} linked={done} close={close} />
  return (
    <AddressForm
      email={fields.email}
      change={(email) => change({ email })}
      hasPassword={hasPassword}
      sent={setSentTo}
      close={close}
    />
  )
}

type AddressProps = Pick<LinkProps, 'hasPassword' | 'close'> &
  Readonly<{ email: string; change: (email: string) => void; sent: (email: string) => void }>

function AddressForm({ email, change, hasPassword, sent, close }: AddressProps): VNode {
  const { texts } = useShop()
  const { access } = texts.account
  const [password, setPassword] = useState('')
  const form = useForm({
    needed: { email, ...(hasPassword && { password }) },
    fieldOf: { 'wrong-password': 'password' },
    send: async () => {
      const body = { email: email.trim(), ...(hasPassword && { password }) }
      await bodyOf(browser().api.POST('/api/v1/auth/link/email', { body }))
      sent(body.email)
    },
  })
  return (
    <Form form={form} label={access.sendCode} beside={<Cancel close={close} />}>
      <TextField
        label={access.newEmail}
        type="email"
        name="email"
        autocomplete="email"
        maxLength={254}
        wrong={form.wrong['email']}
        value={email}
        change={change}
      />
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

type CodeProps = Pick<LinkProps, 'linked' | 'close'> & Readonly<{ email: string }>

function CodeForm({ email, linked, close }: CodeProps): VNode {
  const { texts } = useShop()
  const { access } = texts.account
  const sent = useArrival<HTMLParagraphElement>()
  const [code, setCode] = useState('')
  const form = useForm({
    needed: { code },
    fieldOf: { 'invalid-code': 'code' },
    send: async () => {
      const body = { code: code.replaceAll(/[\s-]/g, '') }
      linked(await bodyOf(browser().api.POST('/api/v1/auth/link/email/confirm', { body })))
    },
  })
  return (
    <Form form={form} label={access.confirm} beside={<Cancel close={close} />}>
      <p ref={sent} tabIndex={-1}>
        {access.codeSent(email)}
      </p>
      <TextField
        label={access.code}
        name="code"
        autocomplete="one-time-code"
        inputMode="numeric"
        maxLength={30}
        wrong={form.wrong['code']}
        value={code}
        change={setCode}
      />
    </Form>
  )
}

export function Cancel({ close }: Pick<LinkProps, 'close'>): VNode {
  const { texts } = useShop()
  return (
    <button type="button" class="link" onClick={close}>
      {texts.account.cancel}
    </button>
  )
}
