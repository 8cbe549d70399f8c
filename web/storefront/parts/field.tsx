import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'
import { useShop } from '../shop.ts'

type Wiring = Readonly<{ id: string; 'aria-invalid'?: 'true'; 'aria-describedby'?: string; 'aria-required'?: 'true' }>
type Props = Readonly<{
  label: string
  hint?: string
  /** The reason why the value is refused. */
  wrong?: string | undefined
  isOptional?: boolean
  children: (wiring: Wiring) => ComponentChildren
}>

/** A label, its input, a hint and the error beside it, connected for screen readers. */
export function Field({ label, hint, wrong, isOptional = false, children }: Props): VNode {
  const { texts } = useShop()
  const id = useId()
  const described = [hint !== undefined && `${id}-hint`, wrong !== undefined && `${id}-wrong`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>
        {label} {isOptional && <small>({texts.checkout.optional})</small>}
      </label>
      {children({
        id,
        ...(wrong !== undefined && { 'aria-invalid': 'true' }),
        ...(described !== '' && { 'aria-describedby': described }),
        ...(!isOptional && { 'aria-required': 'true' }),
      })}
      {wrong !== undefined && (
        <span class="wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
      {hint !== undefined && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}

/**
 * Moves the focus to the first wrong field of a form. Call it after the fields are marked: Preact draws the marks in a
 * microtask, which is then before this one, so the focus moves before the reader can press another key.
 */
export const focusWrong = (form: ParentNode = document): void =>
  queueMicrotask(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
