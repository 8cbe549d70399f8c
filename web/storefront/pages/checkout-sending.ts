import { useState } from 'preact/hooks'
import { bodyOf } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { reasonOf } from '../api/reason-of.ts'
import { browser } from '../browser.ts'
import type { Cart } from '../cart/cart-store.ts'
import { attempt } from '../parts/attempt.ts'
import { focusWrong } from '../parts/field.tsx'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import {
  addressOf,
  emptyCheckout,
  orderOf,
  stillWrong,
  wrongFrom,
  wrongIn,
  type CheckoutFields,
  type Marked,
} from './checkout-order.ts'
import { quotedTotalOf, totalOf, type Quoting } from './checkout-quote.ts'

type Order = Readonly<{
  cart: Cart
  fields: CheckoutFields
  clear: () => void
  isGuest: boolean
  quoting: Quoting
}>

/** Sends the order once, however often the button is pressed. */
export function useOrder({ cart, fields, clear, isGuest, quoting }: Order) {
  const { facts, formats, href, texts } = useShop()
  const router = useRouter()
  const [marked, setMarked] = useState<Marked>({ wrong: {}, fields: emptyCheckout })
  const [refusal, setRefusal] = useState<string>()
  const [isSending, setSending] = useState(false)
  const money = (amount: number, currency = cart.totals[0]?.currency ?? 'RUB') => formats.money(amount, currency)

  const refuse = (error: unknown) => {
    const failure = failureOf(error)
    const { code, issues, members } = failure
    // The shop may have placed the order, which has taken the cart then.
    if (browser().orders.hasPending()) return setRefusal(texts.checkout.unanswered)
    const found = wrongFrom(issues, texts)
    setMarked({ wrong: found, fields })
    const { total_amount: amount, minimum_total: minimum, currency } = members
    const inCurrency = (sum: number) => money(sum, typeof currency === 'string' ? currency : undefined)
    const { belowMinimum, priceChanged } = texts.checkout
    if (code === 'price-changed' && typeof amount === 'number') {
      quoting.correct(fields.method, amount)
      setRefusal(priceChanged(inCurrency(amount)))
    } else if (code === 'below-delivery-minimum' && typeof minimum === 'number')
      setRefusal(belowMinimum(inCurrency(minimum)))
    else setRefusal(reasonOf(failure, texts))
    browser().cart.refresh()
    if (Object.keys(found).length > 0) focusWrong()
  }
  const place = async () => {
    const shown = quotedTotalOf(quoting.quote, fields.method)
    const quote = await quoting.settled()
    const total = totalOf(cart, quote, fields.method)
    // The button named another sum, or none: the buyer agrees to this one first.
    if (quotedTotalOf(quote, fields.method) !== shown) return setRefusal(texts.checkout.totalNow(money(total)))
    const order = await browser().orders.place(orderOf(fields, { total, facts, isGuest }))
    if (!isGuest && fields.save !== '') await attempt(texts, saveAddress)
    clear()
    browser().cart.ordered()
    router.go(href(`/orders/${order.id}?placed=1`), { replace: true })
    if (order.payment.confirmation_url !== null) browser().host.openPayment(order.payment.confirmation_url)
  }
  const saveAddress = async () => {
    const body = addressOf(fields, facts.addressCountry)
    if (body) await bodyOf(browser().api.POST('/api/v1/auth/me/addresses', { body }))
  }
  const send = async () => {
    if (isSending) return
    const found = wrongIn(fields, texts, isGuest)
    setMarked({ wrong: found, fields })
    setRefusal(Object.keys(found).length > 0 ? texts.checkout.correct : undefined)
    if (Object.keys(found).length > 0) return focusWrong()
    setSending(true)
    try {
      await place()
    } catch (error) {
      refuse(error)
    } finally {
      setSending(false)
    }
  }
  const wrong = stillWrong(marked, fields, wrongIn(fields, texts, isGuest))
  const isCorrected = refusal === texts.checkout.correct && Object.keys(wrong).length === 0
  return { wrong, refusal: isCorrected ? undefined : refusal, isSending, send }
}
