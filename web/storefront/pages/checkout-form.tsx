import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { browser } from '../browser.ts'
import type { Cart } from '../cart/cart-store.ts'
import { useDraft } from '../parts/draft.ts'
import { Field, focusWrong } from '../parts/field.tsx'
import { saveOrderLink } from '../order-access.ts'
import { useRouter } from '../router/router.ts'
import type { Session } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { emptyCheckout, orderOf, wrongFrom, wrongIn, type CheckoutFields } from './checkout-order.ts'

type Points = readonly Schemas['PickupPoint'][]
type Props = Readonly<{ cart: Cart; session: Session | null }>

/** Everything about the order on one page. The cart decides the total; the shop refuses a changed price. */
export function CheckoutForm({ cart, session }: Props): VNode {
  const { formats, texts } = useShop()
  const { fields, change, clear } = useDraft<CheckoutFields>('checkout', {
    ...emptyCheckout,
    name: session?.user.name ?? '',
  })
  const { wrong, refusal, isSending, send } = useOrder({ cart, fields, clear, isGuest: session === null })
  const points = usePoints()
  const [total] = cart.totals
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
          hint: texts.checkout.methodHints[code],
        }))}
        choose={(method) => change({ method })}
      />
      {fields.method === 'pickup' && (
        <PointChoice points={points} value={fields.point} choose={(point) => change({ point })} />
      )}
      {fields.method === 'courier' && <AddressFields fields={fields} wrong={wrong} change={change} />}
      <RecipientFields fields={fields} wrong={wrong} change={change} isGuest={session === null} />
      <Choice
        legend={texts.checkout.payment}
        name="payment"
        value={fields.payment}
        options={['online', 'cash_on_delivery'].map((code) => ({
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
          : texts.checkout.place(total ? formats.money(total.total_amount, total.currency) : '')}
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

type Order = Readonly<{ cart: Cart; fields: CheckoutFields; clear: () => void; isGuest: boolean }>

/** Sends the order once, however often the button is pressed: every try has the same key until the order is changed. */
function useOrder({ cart, fields, clear, isGuest }: Order) {
  const { formats, href, texts } = useShop()
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
    const body = orderOf(fields, { total: cart.totals[0]?.total_amount ?? 0, country: texts.checkout.country, isGuest })
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

type Option = Readonly<{ code: string; name: string; hint: string | undefined }>
type ChoiceProps = Readonly<{
  legend: string
  name: string
  value: string
  options: readonly Option[]
  choose: (code: string) => void
}>

const Choice = ({ legend, name, value, options, choose }: ChoiceProps): VNode => (
  <fieldset class="choice">
    <legend>{legend}</legend>
    {options.map(({ code, name: label, hint }) => (
      <label key={code}>
        <input type="radio" name={name} value={code} checked={code === value} onChange={() => choose(code)} />
        <span>
          <b>{label}</b>
          {hint !== undefined && <small>{hint}</small>}
        </span>
      </label>
    ))}
  </fieldset>
)

type PartProps = Readonly<{
  fields: CheckoutFields
  wrong: ReturnType<typeof wrongIn>
  change: (changed: Partial<CheckoutFields>) => void
}>

/** A text field of the form by its name. */
function TextField({
  fields,
  wrong,
  change,
  name,
  label,
  ...more
}: PartProps &
  Readonly<{
    name: keyof CheckoutFields
    label: string
    autocomplete: string
    isOptional?: boolean
    hint?: string
    type?: 'text' | 'tel'
  }>): VNode {
  const { autocomplete, type = 'text', ...shown } = more
  return (
    <Field label={label} wrong={wrong[name]} {...shown}>
      {(wiring) => (
        <input
          {...wiring}
          type={type}
          list={undefined}
          name={name}
          autocomplete={autocomplete}
          maxLength={200}
          value={fields[name]}
          onInput={({ currentTarget }) => change({ [name]: currentTarget.value })}
        />
      )}
    </Field>
  )
}

function AddressFields(props: PartProps): VNode {
  const { texts } = useShop()
  const { city, street, building, apartment } = texts.checkout
  return (
    <div class="form">
      <TextField {...props} name="city" label={city} autocomplete="address-level2" />
      <TextField {...props} name="street" label={street} autocomplete="address-line1" />
      <div class="row">
        <TextField {...props} name="building" label={building} autocomplete="address-line2" />
        <TextField {...props} name="apartment" label={apartment} autocomplete="address-line3" isOptional />
      </div>
    </div>
  )
}

function RecipientFields({ isGuest, ...props }: PartProps & Readonly<{ isGuest: boolean }>): VNode {
  const { texts } = useShop()
  const { name, phone, phoneHint, comment, commentHint, recipient } = texts.checkout
  return (
    <div class="form" role="group" aria-label={recipient}>
      <h2>{recipient}</h2>
      <div class="row">
        <TextField {...props} name="name" label={name} autocomplete="name" />
        <TextField {...props} name="phone" label={phone} autocomplete="tel" type="tel" hint={phoneHint} />
      </div>
      {isGuest && (
        <TextField
          {...props}
          name="email"
          label={texts.account.email}
          autocomplete="email"
          hint={texts.checkout.emailHint}
          isOptional
        />
      )}
      <Field label={comment} wrong={props.wrong.comment} isOptional hint={commentHint}>
        {(wiring) => (
          <textarea
            {...wiring}
            name="comment"
            maxLength={2000}
            value={props.fields.comment}
            onInput={({ currentTarget }) => props.change({ comment: currentTarget.value })}
          />
        )}
      </Field>
    </div>
  )
}
