import type { VNode } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import type { OrderAccess } from '../order-access.ts'
import { useArrival } from '../parts/arrival.ts'
import { Field } from '../parts/field.tsx'
import { Form, useForm } from '../parts/form.tsx'
import { say } from '../parts/messages.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { useShop } from '../shop.ts'

/** A line of the order of which `most` pieces may come back. */
type Line = Readonly<{ variant_id: string; title: string; most: number }>
type Props = Readonly<{
  lines: readonly Line[]
  access: () => OrderAccess
  /** Called when the shop refuses the return: the pieces that may come back may be others now. */
  refused: () => void
  close: () => void
  done: (requested: Schemas['OrderReturn']) => void
}>

/** Asks which pieces come back, and why. */
export function ReturnForm({ lines, access, refused, close, done }: Props): VNode {
  const { texts } = useShop()
  const { chosen, choose } = useChosen(lines)
  const [reason, setReason] = useState('')
  const keyOf = useKey()
  const items = lines.flatMap(({ variant_id, most }) => {
    const quantity = Math.min(chosen[variant_id] ?? 0, most)
    return quantity > 0 ? [{ variant_id, quantity }] : []
  })
  const form = useForm({
    needed: { items: items.map(({ variant_id }) => variant_id).join(), reason },
    send: async () => {
      const body = { items, reason: reason.trim() }
      try {
        done(await access().requestReturn(body, keyOf(JSON.stringify(body))))
        say(texts.returns.requested)
      } catch (error) {
        if (failureOf(error).status === 409) refused()
        throw error
      }
    },
  })
  const cancel = (
    <button type="button" class="link" onClick={close}>
      {texts.returns.close}
    </button>
  )
  return (
    <div class="sheet">
      <Form form={form} label={texts.returns.send} beside={cancel}>
        <Lines lines={lines} chosen={chosen} choose={choose} isWrong={form.wrong['items'] !== undefined} />
        <Field label={texts.returns.reason} hint={texts.returns.reasonHint} wrong={form.wrong['reason']}>
          {(wiring) => (
            <textarea
              {...wiring}
              name="reason"
              maxLength={1000}
              value={reason}
              onInput={({ currentTarget }) => setReason(currentTarget.value)}
            />
          )}
        </Field>
      </Form>
    </div>
  )
}

type Chosen = Readonly<Record<string, number>>

/** The chosen pieces by variant; the only piece of an order is chosen at once. */
function useChosen(lines: readonly Line[]) {
  const [only, ...others] = lines
  const [chosen, setChosen] = useState<Chosen>(only && others.length === 0 ? { [only.variant_id]: only.most } : {})
  const choose = (variant_id: string, quantity: number) => setChosen((all) => ({ ...all, [variant_id]: quantity }))
  return { chosen, choose }
}

/** A key for each body: a repeat after a lost answer asks for the same return. */
function useKey(): (body: string) => string {
  const sent = useRef({ body: '', key: '' })
  return (body) => {
    if (sent.current.body !== body) sent.current = { body, key: crypto.randomUUID() }
    return sent.current.key
  }
}

type LinesProps = Readonly<{
  lines: readonly Line[]
  chosen: Chosen
  choose: (variant_id: string, quantity: number) => void
  isWrong: boolean
}>

/** The lines with a box each; a chosen one has its number of pieces. */
function Lines({ lines, chosen, choose, isWrong }: LinesProps): VNode {
  const { texts } = useShop()
  const id = useId()
  const legend = useArrival<HTMLLegendElement>()
  return (
    <fieldset class="choice return-lines">
      <legend ref={legend} tabIndex={-1}>
        {texts.returns.choose}
      </legend>
      {lines.map(({ variant_id, title, most }) => {
        const quantity = Math.min(chosen[variant_id] ?? 0, most)
        return (
          <div key={variant_id} class="return-line">
            <label>
              <input
                type="checkbox"
                name="items"
                checked={quantity > 0}
                {...(isWrong && { 'aria-invalid': 'true', 'aria-describedby': `${id}-wrong` })}
                // The form takes the reason away at the same event; at `change` it would have drawn the old state already.
                onInput={({ currentTarget }) => choose(variant_id, currentTarget.checked ? most : 0)}
              />
              <span>{title}</span>
            </label>
            {most > 1 && quantity > 0 && (
              <Quantity quantity={quantity} most={most} name={title} change={(pieces) => choose(variant_id, pieces)} />
            )}
          </div>
        )
      })}
      {isWrong && (
        <span class="wrong" id={`${id}-wrong`}>
          {texts.returns.chooseSome}
        </span>
      )}
    </fieldset>
  )
}
