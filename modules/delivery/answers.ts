import { answer } from '#platform/http'

/** The answer of every change to a shipment whose cancellation the carrier has not answered yet. */
export const beingCancelled = answer(
  409,
  'The order cancels this shipment, and the carrier has not answered yet.',
  'Заказ отменяет эту доставку, и служба доставки ещё не ответила.',
)
