import type { ComponentChildren, TargetedSubmitEvent, VNode } from 'preact'
import { useState } from 'preact/hooks'
import { failureOf } from '../api/failure.ts'
import { reasonOf, wrongFieldsOf } from '../api/reason-of.ts'
import { useShop } from '../shop.ts'
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
    const empty = Object.entries(needed).filter(([, value]) => value.trim() === '')
    setOutcome({ wrong: Object.fromEntries(empty.map(([name]) => [name, texts.refusals.required])) })
    if (empty.length > 0) return focusWrong(form)
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
  return { wrong, refusal, code, isSending, submit }
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
  <form class="form" noValidate onSubmit={form.submit}>
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
