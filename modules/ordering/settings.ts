import { duration, rate, settings, withDefault } from '#platform/config'

/** The settings of orders. Times are milliseconds. */
export const orderingSettings = settings({
  title: 'Orders',
  variables: {
    PAYMENT_TIMEOUT: withDefault(
      duration,
      '30m',
      'After this time without a payment, the provider is asked for the status and the order is cancelled; such as 30m.',
    ),
    RATE_LIMIT_CHECKOUT: withDefault(rate, '120/1m burst 60', 'Orders placed and payments started, per user.'),
  },
  read: (values) => ({
    paymentTimeout: values.PAYMENT_TIMEOUT,
    rates: { checkout: values.RATE_LIMIT_CHECKOUT },
  }),
})
