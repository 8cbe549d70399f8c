import type { VNode } from 'preact'
import type { Schemas } from '../api/client.ts'
import type { Cart } from '../cart/cart-store.ts'
import { Choice } from '../parts/choice.tsx'
import { useDraft } from '../parts/draft.ts'
import type { Session } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { AddressFields, RecipientFields } from './checkout-fields.tsx'
import { emptyCheckout, paymentOf, type CheckoutFields } from './checkout-order.ts'
import { totalOf, useMethodHint, type Quoting } from './checkout-quote.ts'
import { useOrder } from './checkout-sending.ts'

export type PickupPoints = readonly Schemas['PickupPoint'][]
type CheckoutDraft = ReturnType<typeof useCheckoutDraft>
type Props = Readonly<{
  cart: Cart
  isGuest: boolean
  draft: CheckoutDraft
  quoting: Quoting
  points: PickupPoints
}>

/** The typed fields; they survive a reload of the page. */
export const useCheckoutDraft = (session: Session | null) =>
  useDraft<CheckoutFields>('checkout', { ...emptyCheckout, name: session?.user.name ?? '' })

/** Everything about the order on one page. The shop decides the total, and refuses a changed one. */
export function CheckoutForm({ cart, isGuest, draft, quoting, points }: Props): VNode {
  const { facts, formats, texts } = useShop()
  const { change, clear } = draft
  const fields = { ...draft.fields, point: chosenPoint(draft.fields, points) }
  const { wrong, refusal, isSending, send } = useOrder({ cart, fields, clear, isGuest, quoting })
  const hintOf = useMethodHint(quoting.quote)
  const total = totalOf(cart, quoting.quote, fields.method)
  return (
    <form
      class="checkout"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Choice
        legend={texts.checkout.delivery}
        name="method"
        value={fields.method}
        options={['courier', ...(points.length > 0 ? ['pickup'] : [])].map((code) => ({
          code,
          name: texts.checkout.methods[code] ?? code,
          hint: hintOf(code),
        }))}
        choose={(method) => change({ method })}
      />
      {fields.method === 'pickup' && (
        <PointChoice points={points} value={fields.point} choose={(point) => change({ point })} />
      )}
      {fields.method === 'courier' && <AddressFields fields={fields} wrong={wrong} change={change} />}
      <RecipientFields fields={fields} wrong={wrong} change={change} isGuest={isGuest} />
      <Choice
        legend={texts.checkout.payment}
        name="payment"
        value={paymentOf(fields, facts)}
        options={(facts.takesCash ? (['online', 'cash_on_delivery'] as const) : (['online'] as const)).map((code) => ({
          code,
          name: texts.checkout.payments[code] ?? code,
          hint: texts.checkout.paymentHints[code],
        }))}
        choose={(payment) => change({ payment })}
      />
      <div aria-live="assertive">{refusal !== undefined && <p class="alert">{refusal}</p>}</div>
      <button type="submit" class="button wide" aria-disabled={isSending}>
        {isSending
          ? texts.checkout.placing
          : texts.checkout.place(formats.money(total, cart.totals[0]?.currency ?? 'RUB'))}
      </button>
    </form>
  )
}

/** The first point until the buyer chooses one, and when the chosen one is closed meanwhile. */
const chosenPoint = ({ point }: CheckoutFields, points: PickupPoints): string =>
  points.find(({ id }) => id === point)?.id ?? points[0]?.id ?? ''

type PointProps = Readonly<{ points: PickupPoints; value: string; choose: (id: string) => void }>

function PointChoice({ points, value, choose }: PointProps): VNode {
  const { texts } = useShop()
  const options = points.map(({ id, name, address, hours_text }) => ({
    code: id,
    name,
    hint: `${address} · ${hours_text}`,
  }))
  return <Choice legend={texts.checkout.point} name="point" value={value} options={options} choose={choose} />
}
