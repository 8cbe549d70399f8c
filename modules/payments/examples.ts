const order_id = '01a1fcdb-002c-7fbc-83ae-89ac787d3c77'

export const processPaymentExample = { order_id }

export const paymentExample = {
  id: '01a1fcdb-003f-76aa-8165-24a212f243a1',
  subject_type: 'order',
  subject_id: order_id,
  user_id: '01a1fcda-fec6-7bd9-a870-70789c7a9c12',
  amount: 124_000,
  currency: 'RUB',
  method: 'online',
  provider: 'sandbox',
  status: 'pending',
  reason: null,
  transaction_id: null,
  confirmation_url: `/pay/${order_id}?token=hL3q8mZr0T5vKcQx1WbN7sYdUe2pAfJ9oGi4RkXtVnM`,
  refunded_amount: 0,
  created_at: '2026-11-21T06:46:13.311Z',
  completed_at: null,
}
