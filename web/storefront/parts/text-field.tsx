import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { useShop } from '../shop.ts'
import { Field } from './field.tsx'
import { Icon } from './icon.tsx'

type Props = Readonly<{
  label: string
  name: string
  value: string
  change: (value: string) => void
  wrong: string | undefined
  autocomplete: string
  maxLength: number
  hint?: string
  isOptional?: boolean
  type?: 'text' | 'email'
  inputMode?: 'numeric'
}>

/** The types of Preact know each kind of input by itself, never one that is chosen. */
const typeOf = (type: string) => ({ type }) as { type: 'text' }

/** A line of text with its label, its hint and the reason why it is refused. */
export function TextField({
  label,
  wrong,
  hint,
  isOptional = false,
  value,
  change,
  type = 'text',
  ...input
}: Props): VNode {
  return (
    <Field label={label} wrong={wrong} isOptional={isOptional} {...(hint !== undefined && { hint })}>
      {(wiring) => (
        <input
          {...wiring}
          {...input}
          {...typeOf(type)}
          value={value}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
    </Field>
  )
}

type PasswordProps = Pick<Props, 'value' | 'change' | 'wrong'> &
  Readonly<{
    /** `Password` when absent. */
    label?: string
    name?: string
    /** A password that is chosen now. */
    isNew?: boolean
  }>

/** A password, which the reader may look at. It is not stored while it is typed. */
export function PasswordField({ label, name = 'password', isNew = false, value, change, wrong }: PasswordProps): VNode {
  const { texts } = useShop()
  const [isShown, setShown] = useState(false)
  return (
    <Field label={label ?? texts.account.password} wrong={wrong} {...(isNew && { hint: texts.account.passwordHint })}>
      {(wiring) => (
        <div class="with-button">
          <input
            {...wiring}
            {...typeOf(isShown ? 'text' : 'password')}
            name={name}
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
