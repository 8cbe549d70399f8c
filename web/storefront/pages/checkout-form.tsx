import type { VNode } from 'preact'
import type { Cart } from '../cart/cart-store.ts'
import { Choice } from '../parts/choice.tsx'
import { useDraft } from '../parts/draft.ts'
import type { Session } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { AddressChoice, chosenAddress, SaveAddress, withAddress, type SavedAddresses } from './checkout-address.tsx'
import { AddressFields, RecipientFields } from './checkout-fields.tsx'
import { emptyCheckout, paymentOf, placeOf, type CheckoutFields, type Wrong } from './checkout-order.ts'
import { PlaceChoice, type Zones } from './checkout-place.tsx'
import { PointChoice, type PickupPoints } from './checkout-points.tsx'
import { quotedTotalOf, useMethodHint, type Quoting } from './checkout-quote.ts'
import { useOrder } from './checkout-sending.ts'
import type { SavedAddress } from './saved-address.ts'

/** The offer of the shop to every buyer: the zones of its couriers, and the points where orders are collected. */
export type CheckoutContent = Readonly<{ points: PickupPoints; zones: Zones }>

type CheckoutDraft = ReturnType<typeof useCheckoutDraft>
type Props = Readonly<{
  cart: Cart
  isGuest: boolean
  draft: CheckoutDraft
  quoting: Quoting
  content: CheckoutContent
  saved: SavedAddresses
}>

/** The typed fields; they survive a reload of the page. */
export const useCheckoutDraft = (session: Session | null) =>
  useDraft<CheckoutFields>('checkout', { ...emptyCheckout, name: session?.user.name ?? '' })

/** Everything about the order on one page. The shop decides the total, and refuses a changed one. */
export function CheckoutForm({ cart, isGuest, draft, quoting, content, saved }: Props): VNode {
  const { facts, formats, texts } = useShop()
  const { change, clear } = draft
  const { points } = content
  const fields = { ...withAddress(draft.fields, saved), point: chosenPoint(draft.fields, points) }
  const { wrong, refusal, isSending, send } = useOrder({ cart, fields, clear, isGuest, quoting })
  const hintOf = useMethodHint(quoting.quote)
  const total = quotedTotalOf(quoting.quote, fields.method)
  const hints = fields.method === 'pickup' ? texts.checkout.pickupHints : texts.checkout.courierHints
  const currency = cart.totals[0]?.currency ?? 'RUB'
  const placeText =
    total === undefined ? texts.checkout.placeUnpriced : texts.checkout.place(formats.money(total, currency))
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
      <Destination
        fields={fields}
        wrong={wrong}
        change={change}
        content={content}
        saved={saved}
        chosen={chosenAddress(draft.fields, saved)}
        isGuest={isGuest}
      />
      <RecipientFields fields={fields} wrong={wrong} change={change} isGuest={isGuest} />
      <Choice
        legend={texts.checkout.payment}
        name="payment"
        value={paymentOf(fields, facts)}
        options={(facts.takesCash ? (['online', 'cash_on_delivery'] as const) : (['online'] as const)).map((code) => ({
          code,
          name: texts.checkout.payments[code] ?? code,
          hint: code === 'cash_on_delivery' ? hints.cash : texts.checkout.paymentHints[code],
        }))}
        choose={(payment) => change({ payment })}
      />
      <div aria-live="assertive">{refusal !== undefined && <p class="alert">{refusal}</p>}</div>
      <button type="submit" class="button wide" aria-disabled={isSending}>
        {isSending ? texts.checkout.placing : placeText}
      </button>
    </form>
  )
}

type DestinationProps = Readonly<{
  fields: CheckoutFields
  wrong: Wrong
  change: CheckoutDraft['change']
  content: CheckoutContent
  saved: SavedAddresses
  chosen: SavedAddress | undefined
  isGuest: boolean
}>

/** Where the order goes: a pickup point, or an address with all that the zones of the shop need. */
function Destination(props: DestinationProps): VNode {
  const { fields, wrong, change, saved, chosen, isGuest } = props
  const { points, zones } = props.content
  if (fields.method === 'pickup')
    return <PointChoice points={points} value={fields.point} choose={(point) => change({ point })} />
  const hasPostcode = zones.some(({ needs }) => needs === 'postcode')
  return (
    <>
      {saved.length > 0 && <AddressChoice saved={saved} chosen={chosen} change={change} />}
      {!chosen && <AddressFields fields={fields} wrong={wrong} change={change} hasPostcode={hasPostcode} />}
      {!chosen && !isGuest && <SaveAddress saved={saved} fields={fields} change={change} />}
      {zones.some(({ needs }) => needs === 'point') && (
        <PlaceChoice
          zones={zones}
          points={points}
          place={placeOf(fields)}
          choose={({ lat, lng }) => change({ lat: String(lat), lng: String(lng) })}
        />
      )}
    </>
  )
}

/** The first point until the buyer chooses one, and when the chosen one is closed meanwhile. */
const chosenPoint = ({ point }: CheckoutFields, points: PickupPoints): string =>
  points.find(({ id }) => id === point)?.id ?? points[0]?.id ?? ''
