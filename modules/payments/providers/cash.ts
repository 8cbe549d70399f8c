import type { Charge, ChargeKey, Provider } from '../provider.ts'

const open = ({ amount, currency }: ChargeKey): Charge => ({
  status: 'pending',
  amount,
  currency,
  confirmation_url: null,
})

/** Cash that the courier collects. It has no books of its own: the fulfilled order says that the courier has the money. */
export const cash: Provider = {
  code: 'cash',
  methods: ['cash_on_delivery'],
  start: async (input) => open(input),
  query: async (key) => open(key),
  cancel: async (key) => ({ ...open(key), status: 'cancelled' }),
  capture: async (key) => ({ ...open(key), status: 'succeeded', transaction_id: `cash-${key.payment_id}` }),
  refund: async () => 'refunded',
}
