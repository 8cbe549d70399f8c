import type { ComponentChildren, VNode } from 'preact'
import { useState } from 'preact/hooks'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import { useDraft } from './draft.ts'
import { Form, useForm } from './form.tsx'
import { PasswordField, TextField } from './text-field.tsx'

type Fields = Readonly<{ email: string; password: string; name: string }>
type Props = Readonly<{
  name: string
  submit: string
  /** The page that opens afterwards, without its language. */
  next: string | null
  /** A new account: with a name and the rules of a password. */
  isNew?: boolean
  send: (fields: Fields) => Promise<void>
  /** Stands between the fields and the button. */
  children?: ComponentChildren
}>

/** The form of signing in and of registering. The password is not stored while it is typed. */
export function AccountForm({ name, submit, next, isNew = false, send, children }: Props): VNode {
  const { texts } = useShop()
  const { fields, change, clear } = useDraft(name, { email: '', name: '' })
  const [password, setPassword] = useState('')
  const { email } = fields
  const openNext = useOpenNext(next)
  const form = useForm({
    needed: { email, password },
    fieldOf: { 'email-taken': 'email', 'password-too-common': 'password' },
    send: async () => {
      await send({ ...fields, email: email.trim(), password })
      clear()
      openNext()
    },
  })
  return (
    <Form form={form} label={submit} button="button wide">
      {isNew && (
        <TextField
          label={texts.account.name}
          name="name"
          autocomplete="name"
          maxLength={100}
          isOptional
          wrong={form.wrong['name']}
          value={fields.name}
          change={(value) => change({ name: value })}
        />
      )}
      <TextField
        label={texts.account.email}
        type="email"
        name="email"
        autocomplete="username"
        maxLength={254}
        wrong={form.wrong['email']}
        value={email}
        change={(value) => change({ email: value })}
      />
      <PasswordField value={password} change={setPassword} wrong={form.wrong['password']} isNew={isNew} />
      {children}
    </Form>
  )
}

/** Opens the page from which the reader came to sign in; the account without one. */
export function useOpenNext(next: string | null): () => void {
  const { href } = useShop()
  const router = useRouter()
  return () => router.go(href(isInside(next) ? next : '/account'), { replace: true })
}

/** A path of the shop. Another site in the address must not become a link. */
const isInside = (next: string | null): next is string => next !== null && /^\/(?![/\\])/.test(next)
