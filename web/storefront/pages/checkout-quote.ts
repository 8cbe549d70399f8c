import { useEffect, useRef, useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import type { Cart } from '../cart/cart-store.ts'
import { say } from '../parts/messages.tsx'
import { useShop } from '../shop.ts'
import { addressOf, type CheckoutFields } from './checkout-order.ts'

export type Quote = Schemas['DeliveryQuote']
export type QuotedMethod = Quote['methods'][number]

/** Milliseconds without a key press after which the shop is asked. */
const pause = 300

export type Quoting = Readonly<{
  /** The last answer. It stays while the shop answers, so that the total does not jump. */
  quote: Quote | undefined
  /** The answer to what is typed now. The last one when the shop does not answer. */
  settled: () => Promise<Quote | undefined>
  /** Takes over the total of a method that a refused order named: without the discounts that the order has checked. */
  correct: (method: string, total_amount: number) => void
}>

/** Asks what the delivery costs to the address that is typed so far. */
export function useQuote(cart: Cart, fields: CheckoutFields): Quoting {
  const { facts, formats, texts } = useShop()
  const [quote, setQuote] = useState<Quote>()
  const latest = useRef<() => Promise<Quote | undefined>>(async () => undefined)
  const address = addressOf(fields, facts.addressCountry)
  const body = {
    lines: cart.items.map(({ variant_id, quantity }) => ({ variant_id, quantity })),
    ...(address && { address }),
    ...(cart.coupon && cart.coupon.reason !== 'ended' && { coupon: cart.coupon.code }),
  }
  // A changed price changes the quote of the same goods.
  const asked = JSON.stringify([body, cart.totals])
  useEffect(() => {
    let isLatest = true
    const ask = async () => {
      const answer = await bodyOf(browser().api.POST('/api/v1/delivery/quote', { body })).catch(() => undefined)
      if (!isLatest || !answer) return answer ?? quote
      setQuote(answer)
      const [shown] = cart.totals
      if (!shown || shown.items_amount === answer.items_amount) return answer
      say(texts.checkout.priceChanged(formats.money(answer.items_amount, answer.currency)))
      browser().cart.refresh()
      return answer
    }
    let answering: Promise<Quote | undefined> | undefined
    const askOnce = () => (answering ??= ask())
    latest.current = askOnce
    const timer = setTimeout(() => void askOnce(), quote ? pause : 0)
    return () => {
      isLatest = false
      clearTimeout(timer)
    }
  }, [asked])
  const correct = (method: string, total_amount: number) => {
    if (!quote) return
    const unchecked = (all: QuotedMethod['discounts']) => all.filter((each) => !each.is_checked_at_order)
    const methods = quote.methods.map((each) =>
      each.method === method ? { ...each, total_amount, discounts: unchecked(each.discounts) } : each,
    )
    const corrected = { ...quote, methods }
    latest.current = async () => corrected
    setQuote(corrected)
  }
  return { quote, settled: () => latest.current(), correct }
}

export const quotedMethod = (quote: Quote | undefined, method: string): QuotedMethod | undefined =>
  quote?.methods.find((each) => each.method === method)

/** The sum that an order costs, in minor units; undefined until the shop has named it. */
export const quotedTotalOf = (quote: Quote | undefined, method: string): number | undefined =>
  quotedMethod(quote, method)?.total_amount ?? undefined

/** The same, or the sum of the cart. */
export const totalOf = (cart: Cart, quote: Quote | undefined, method: string): number =>
  quotedTotalOf(quote, method) ?? cart.totals[0]?.total_amount ?? 0

/** The hint of a delivery method: its fee and its hour, or why it is not available. */
export function useMethodHint(quote: Quote | undefined): (method: string) => string | undefined {
  const { formats, texts } = useShop()
  const { deliveryFree, deliveryFrom, methodHints, methodReasons } = texts.checkout
  return (method) => {
    const quoted = quotedMethod(quote, method)
    const hint = methodHints[method]
    if (!quote || !quoted) return hint
    const { available, reason, minimum_total, price, delivery_discount, window } = quoted
    const money = (amount: number) => formats.money(amount, quote.currency)
    if (reason === 'below-delivery-minimum' && minimum_total !== null) return deliveryFrom(money(minimum_total))
    if (!available) return (reason !== null ? methodReasons[reason] : undefined) ?? hint
    const paid = (price ?? 0) - (delivery_discount ?? 0)
    const fee = paid === 0 ? deliveryFree : money(paid)
    return [fee, window ? texts.checkout.until(formats.time(window.to)) : hint].filter(Boolean).join(' · ')
  }
}
