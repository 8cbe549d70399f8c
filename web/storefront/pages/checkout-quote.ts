import { useEffect, useState } from 'preact/hooks'
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

/**
 * Asks what the delivery costs to the address that is typed so far. While the shop answers, the last answer stays, so that
 * the total does not jump.
 */
export function useQuote(cart: Cart, fields: CheckoutFields): Quote | undefined {
  const { facts, formats, texts } = useShop()
  const [quote, setQuote] = useState<Quote>()
  const address = addressOf(fields, facts.country)
  const body = {
    lines: cart.items.map(({ variant_id, quantity }) => ({ variant_id, quantity })),
    ...(address && { address }),
    ...(cart.coupon && { coupon: cart.coupon.code }),
  }
  // A changed price changes the quote of the same goods.
  const asked = JSON.stringify([body, cart.totals])
  useEffect(() => {
    let isLatest = true
    const ask = async () => {
      const answer = await bodyOf(browser().api.POST('/api/v1/delivery/quote', { body })).catch(() => undefined)
      if (!isLatest || !answer) return
      setQuote(answer)
      const [shown] = cart.totals
      if (!shown || shown.items_amount === answer.items_amount) return
      say(texts.checkout.priceChanged(formats.money(answer.items_amount, answer.currency)))
      browser().cart.refresh()
    }
    const timer = setTimeout(() => void ask(), quote ? pause : 0)
    return () => {
      isLatest = false
      clearTimeout(timer)
    }
  }, [asked])
  return quote
}

export const quotedMethod = (quote: Quote | undefined, method: string): QuotedMethod | undefined =>
  quote?.methods.find((each) => each.method === method)

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
