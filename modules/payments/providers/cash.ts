import type { Charge, ChargeKey, Provider } from '../provider.ts'

const promised = ({ amount, currency }: ChargeKey): Charge => ({
  status: 'pending',
  amount,
  currency,
  confirmation_url: null,
})

/** Money in the courier's hand. It keeps no books of its own: what is handed over is known when the order is fulfilled. */
export const cash: Provider = {
  name: 'cash',
  start: async (input) => promised(input),
  query: async (key) => promised(key),
  cancel: async (key) => ({ ...promised(key), status: 'cancelled' }),
  capture: async (key) => ({ ...promised(key), status: 'succeeded', transaction_id: `cash-${key.payment_id}` }),
  refund: async () => 'refunded',
}
