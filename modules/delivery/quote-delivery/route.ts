import { Type } from 'typebox'
import { userIdOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { addressKey } from '#platform/limits'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Id } from '#platform/schema'
import { quotedBuyerOf } from '#promotions/api'
import { DeliveryQuote, QuoteDeliveryBody, QuoteDeliveryHeaders } from '../zone-schema.ts'
import type { QuoteDelivery, QuoteDeliveryOutcome } from './quote-delivery.ts'

const answers = {
  'not-for-sale': {
    ...answer(409, 'Some of these items are not for sale.', 'Некоторые из этих товаров не продаются.'),
    members: { variant_ids: Type.Array(Id) },
  },
  'mixed-currencies': answer(
    409,
    'The items have several currencies. Request one quote per currency.',
    'Цены товаров указаны в разных валютах. Запросите расчёт для каждой валюты отдельно.',
  ),
} satisfies Record<ReasonOf<QuoteDeliveryOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Get the price of delivery by each method',
  description:
    '`total_amount` is what an order with this method costs now: send it as `expected_total`. `coupon` is the coupon of the cart: one that gives no discount changes no price, and `coupon_reason` says why. A guest gets the price of a new buyer: a promotion with `is_checked_at_order` is checked by the order.',
  headers: QuoteDeliveryHeaders,
  body: QuoteDeliveryBody,
  response: { 200: DeliveryQuote, ...problemsOf(answers) },
}

export const quoteDeliveryRoute =
  ({ quoteDelivery }: Readonly<{ quoteDelivery: QuoteDelivery }>): Routes =>
  (http) => {
    const config = { access: 'anyone', repeat: 'Computes the quote again.' } as const
    http.post('/delivery/quote', { schema, config }, async ({ body, caller, headers, ip, locale }, reply) => {
      const user_id = userIdOf(caller)
      const { address = null, lines, coupon = null } = body
      const outcome = await quoteDelivery({
        buyer: quotedBuyerOf(caller.kind === 'user' ? caller : { user_id }),
        address,
        lines,
        coupon,
        locale,
        attempted_by: {
          guesser: user_id ?? headers['x-cart-token'] ?? null,
          is_verified: caller.kind === 'user' && caller.is_verified === true,
          address: addressKey(ip),
        },
      })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return { items_amount: outcome.items_amount, currency: outcome.currency, methods: [...outcome.methods] }
    })
  }
