import { answer } from '#platform/http'

/** The answer of every change to a shipment whose cancellation the carrier has not answered yet. */
export const beingCancelled = answer(
  409,
  'The order is cancelling this shipment, and the carrier has not answered yet.',
  'Доставка отменяется вместе с заказом: служба доставки ещё не ответила.',
)
