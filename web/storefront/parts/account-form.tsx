import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { failureOf } from '../api/failure.ts'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import { useDraft } from './draft.ts'
import { Field, focusWrong, wrongFieldsOf } from './field.tsx'
import { Icon } from './icon.tsx'

type Fields = Readonly<{ email: string; password: string; name: string }>
type Props = Readonly<{
  name: string
  submit: string
  /** The page that opens afterwards, without its language. */
  next: string | null
  /** A new account: with a name and the rules of a password. */
  isNew?: boolean
  send: (fields: Fields) => Promise<void>
}>

/** The form of signing in and of registering. The password is not stored while it is typed. */
export function AccountForm({ name, submit, next, isNew = false, send }: Props): VNode {
  const { texts } = useShop()
  const { fields, change, clear } = useDraft(name, { email: '', name: '' })
  const [password, setPassword] = useState('')
  const { wrong, refusal, isSending, sendForm } = useAccount({ fields: { ...fields, password }, next, send, clear })
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void sendForm()
      }}
    >
      {isNew && (
        <Field label={texts.account.name} isOptional wrong={wrong['name']}>
          {(wiring) => (
            <input
              {...wiring}
              type="text"
              name="name"
              autocomplete="name"
              maxLength={100}
              value={fields.name}
              onInput={({ currentTarget }) => change({ name: currentTarget.value })}
            />
          )}
        </Field>
      )}
      <Field label={texts.account.email} wrong={wrong['email']}>
        {(wiring) => (
          <input
            {...wiring}
            type="email"
            name="email"
            autocomplete="username"
            maxLength={254}
            value={fields.email}
            onInput={({ currentTarget }) => change({ email: currentTarget.value })}
          />
        )}
      </Field>
      <PasswordField value={password} change={setPassword} wrong={wrong['password']} isNew={isNew} />
      <div aria-live="assertive">{refusal !== undefined && <p class="alert">{refusal}</p>}</div>
      <button type="submit" class="button wide" aria-disabled={isSending}>
        {submit}
      </button>
    </form>
  )
}

type Sending = Pick<Props, 'next' | 'send'> & Readonly<{ fields: Fields; clear: () => void }>

/** Sends the form once at a time, and shows why it was refused. */
function useAccount({ fields, next, send, clear }: Sending) {
  const { href, texts } = useShop()
  const router = useRouter()
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({})
  const [refusal, setRefusal] = useState<string>()
  const [isSending, setSending] = useState(false)
  const sendForm = async () => {
    if (isSending) return
    const found = emptyFields(fields, texts.checkout.required)
    setWrong(found)
    setRefusal(undefined)
    if (Object.keys(found).length > 0) return focusWrong()
    setSending(true)
    try {
      await send({ ...fields, email: fields.email.trim() })
      clear()
      router.go(href(isInside(next) ? next : '/account'), { replace: true })
    } catch (error) {
      const { code, issues, message } = failureOf(error)
      setWrong(wrongFieldsOf(issues))
      setRefusal(code === 'offline' ? texts.failed.offlineTitle : message || texts.failed.title)
      focusWrong()
    } finally {
      setSending(false)
    }
  }
  return { wrong, refusal, isSending, sendForm }
}

const emptyFields = ({ email, password }: Fields, reason: string) => ({
  ...(email.trim() === '' && { email: reason }),
  ...(password === '' && { password: reason }),
})

/** A path of the shop. Another site in the address must not become a link. */
const isInside = (next: string | null): next is string => next !== null && /^\/(?![/\\])/.test(next)

/** The types of Preact know either a text or a password, never a field that changes. */
const typeOf = (isShown: boolean) => ({ type: isShown ? 'text' : 'password' }) as { type: 'password' }

type PasswordProps = Readonly<{
  value: string
  change: (value: string) => void
  wrong: string | undefined
  isNew: boolean
}>

function PasswordField({ value, change, wrong, isNew }: PasswordProps): VNode {
  const { texts } = useShop()
  const [isShown, setShown] = useState(false)
  return (
    <Field label={texts.account.password} wrong={wrong} {...(isNew && { hint: texts.account.passwordHint })}>
      {(wiring) => (
        <div class="with-button">
          <input
            {...wiring}
            {...typeOf(isShown)}
            name="password"
            autocomplete={isNew ? 'new-password' : 'current-password'}
            maxLength={1024}
            value={value}
            onInput={({ currentTarget }) => change(currentTarget.value)}
          />
          <button
            type="button"
            class="tool"
            aria-pressed={isShown}
            aria-label={isShown ? texts.account.hidePassword : texts.account.showPassword}
            onClick={() => setShown(!isShown)}
          >
            <Icon name="eye" />
          </button>
        </div>
      )}
    </Field>
  )
}
