import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { browser } from '../browser.ts'
import type { Cart } from '../cart/cart-store.ts'
import { Choice } from '../parts/choice.tsx'
import { useDraft } from '../parts/draft.ts'
import { focusWrong } from '../parts/field.tsx'
import { saveOrderLink } from '../order-access.ts'
import { useRouter } from '../router/router.ts'
import type { Session } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { AddressFields, RecipientFields } from './checkout-fields.tsx'
import { emptyCheckout, orderOf, paymentOf, wrongFrom, wrongIn, type CheckoutFields } from './checkout-order.ts'
import { useMethodHint, type Quote } from './checkout-quote.ts'

type Points = readonly Schemas['PickupPoint'][]
type CheckoutDraft = ReturnType<typeof useCheckoutDraft>
type Props = Readonly<{
  cart: Cart
  isGuest: boolean
  draft: CheckoutDraft
  quote: Quote | undefined
  /** In minor units, with discounts and the delivery. */
  total: number
}>

/** The typed fields; they survive a reload of the page. */
export const useCheckoutDraft = (session: Session | null) =>
  useDraft<CheckoutFields>('checkout', { ...emptyCheckout, name: session?.user.name ?? '' })

/** Everything about the order on one page. The shop decides the total, and refuses a changed one. */
export function CheckoutForm({ cart, isGuest, draft, quote, total }: Props): VNode {
  const { facts, formats, texts } = useShop()
  const { fields, change, clear } = draft
  const { wrong, refusal, isSending, send } = useOrder({ cart, fields, clear, isGuest, total })
  const points = usePoints()
  const hintOf = useMethodHint(quote)
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

type PointProps = Readonly<{ points: Points; value: string; choose: (id: string) => void }>

function PointChoice({ points, value, choose }: PointProps): VNode {
  const { texts } = useShop()
  const options = points.map(({ id, name, address, hours_text }) => ({
    code: id,
    name,
    hint: `${address} · ${hours_text}`,
  }))
  const chosen = value === '' ? (points[0]?.id ?? '') : value
  return <Choice legend={texts.checkout.point} name="point" value={chosen} options={options} choose={choose} />
}

type Order = Readonly<{
  cart: Cart
  fields: CheckoutFields
  clear: () => void
  isGuest: boolean
  total: number
}>

/** Sends the order once, however often the button is pressed: every try has the same key until the order is changed. */
function useOrder({ cart, fields, clear, isGuest, total }: Order) {
  const { facts, formats, href, texts } = useShop()
  const router = useRouter()
  const [wrong, setWrong] = useState<ReturnType<typeof wrongIn>>({})
  const [refusal, setRefusal] = useState<string>()
  const [isSending, setSending] = useState(false)
  const key = useRef<{ body: string; key: string } | undefined>(undefined)

  const refuse = (error: unknown) => {
    const { code, issues, members, message } = failureOf(error)
    const found = wrongFrom(issues)
    setWrong(found)
    const { total_amount: amount, currency } = members
    if (code === 'price-changed' && typeof amount === 'number')
      setRefusal(
        texts.checkout.priceChanged(
          formats.money(amount, typeof currency === 'string' ? currency : (cart.totals[0]?.currency ?? '')),
        ),
      )
    else setRefusal(code === 'offline' ? texts.failed.offlineTitle : message || texts.failed.title)
    browser().cart.refresh()
    if (Object.keys(found).length > 0) focusWrong()
  }
  const send = async () => {
    if (isSending) return
    const found = wrongIn(fields, texts)
    setWrong(found)
    setRefusal(Object.keys(found).length > 0 ? texts.checkout.correct : undefined)
    if (Object.keys(found).length > 0) return focusWrong()
    setSending(true)
    const body = orderOf(fields, { total, facts, isGuest })
    const text = JSON.stringify([body, cart.items])
    if (key.current?.body !== text) key.current = { body: text, key: crypto.randomUUID() }
    const header = { 'Idempotency-Key': key.current.key }
    try {
      const order = await bodyOf(browser().api.POST('/api/v1/orders', { params: { header }, body }))
      clear()
      if (order.link_token !== null) saveOrderLink(order.id, order.link_token)
      browser().cart.refresh()
      router.go(href(`/orders/${order.id}?placed=1`), { replace: true })
      if (order.payment.confirmation_url !== null) browser().host.openPayment(order.payment.confirmation_url)
    } catch (error) {
      refuse(error)
    } finally {
      setSending(false)
    }
  }
  return { wrong, refusal, isSending, send }
}

function usePoints(): Points {
  const [points, setPoints] = useState<Points>([])
  useEffect(() => {
    bodyOf(browser().api.GET('/api/v1/delivery/pickup-points')).then(
      ({ items }) => setPoints(items),
      () => {},
    )
  }, [])
  return points
}
