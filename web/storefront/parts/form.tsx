import type { ComponentChildren, TargetedInputEvent, TargetedSubmitEvent, VNode } from 'preact'
import { useState } from 'preact/hooks'
import { failureOf } from '../api/failure.ts'
import { reasonOf, wrongFieldsOf } from '../api/reason-of.ts'
import { useShop } from '../shop.ts'
import type { Texts } from '../text/texts.ts'
import { isEmail } from './email.ts'
import { focusWrong } from './field.tsx'

type Wrong = Readonly<Record<string, string | undefined>>
type Options = Readonly<{
  send: () => Promise<void>
  /** The values that must not be empty, by the name of their field. */
  needed?: Readonly<Record<string, string>>
  /** The field beside which the reason of a refusal stands, by the code of the refusal. */
  fieldOf?: Readonly<Record<string, string>>
}>

export type FormState = Readonly<{
  /** The reasons beside the fields. */
  wrong: Wrong
  refusal: string | undefined
  /** The code of the refusal. */
  code: string | undefined
  isSending: boolean
  /** Takes the reason away from a field that is edited. */
  edit: (event: TargetedInputEvent<HTMLFormElement>) => void
  submit: (event: TargetedSubmitEvent<HTMLFormElement>) => void
}>

type Outcome = Readonly<{ wrong: Wrong; refusal?: string; code?: string }>
const accepted: Outcome = { wrong: {} }

/** Sends a form once at a time. A refusal stands beside its field, and the fields keep what was typed. */
export function useForm({ send, needed = {}, fieldOf = {} }: Options): FormState {
  const { texts } = useShop()
  const [{ wrong, refusal, code }, setOutcome] = useState(accepted)
  const [isSending, setSending] = useState(false)
  const refused = (error: unknown): Outcome => {
    const failure = failureOf(error)
    const reason = reasonOf(failure, texts)
    const field = fieldOf[failure.code]
    if (field !== undefined) return { wrong: { [field]: reason }, code: failure.code }
    return { wrong: wrongFieldsOf(failure.issues, texts), refusal: reason, code: failure.code }
  }
  const sendFrom = async (form: HTMLFormElement) => {
    if (isSending) return
    const found = wrongIn(needed, texts)
    setOutcome({ wrong: found })
    if (Object.keys(found).length > 0) return focusWrong(form)
    setSending(true)
    try {
      await send()
    } catch (error) {
      setOutcome(refused(error))
      focusWrong(form)
    } finally {
      setSending(false)
    }
  }
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    void sendFrom(event.currentTarget)
  }
  const edit = ({ target }: TargetedInputEvent<HTMLFormElement>) => {
    const name = target instanceof Element ? target.getAttribute('name') : null
    if (name === null || wrong[name] === undefined) return
    setOutcome((present) => ({ ...present, wrong: { ...present.wrong, [name]: undefined } }))
  }
  return { wrong, refusal, code, isSending, edit, submit }
}

/** The fields that are empty, or no address of e-mail. */
function wrongIn(needed: Readonly<Record<string, string>>, { refusals }: Texts): Wrong {
  const reasonOf = (name: string, value: string) => {
    if (value === '') return refusals.required
    return name === 'email' && !isEmail(value) ? refusals.fields['email'] : undefined
  }
  const reasons = Object.entries(needed).map(([name, value]) => [name, reasonOf(name, value.trim())] as const)
  return Object.fromEntries(reasons.filter(([, reason]) => reason !== undefined))
}

type Props = Readonly<{
  form: FormState
  /** The text of the button. */
  label: string
  /** The style of the button. */
  button?: string
  /** Stands beside the button. */
  beside?: ComponentChildren
  children?: ComponentChildren
}>

/** A form with its refusal and its button. */
export const Form = ({ form, label, button = 'button', beside, children }: Props): VNode => (
  <form class="form" noValidate onInput={form.edit} onSubmit={form.submit}>
    {children}
    <div aria-live="assertive">{form.refusal !== undefined && <p class="alert">{form.refusal}</p>}</div>
    <div class="row-actions">
      <button type="submit" class={button} aria-disabled={form.isSending}>
        {label}
      </button>
      {beside}
    </div>
  </form>
)
