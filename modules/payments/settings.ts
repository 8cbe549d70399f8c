import { oneOf, settings, withDefault } from '#platform/config'

/** The settings of payments. */
export const paymentsSettings = settings({
  title: 'Payments',
  variables: {
    PAYMENT_SANDBOX: withDefault(
      oneOf('page', 'auto', 'decline'),
      'page',
      'Payments in the sandbox: page asks the buyer, auto approves, decline refuses.',
    ),
  },
  read: (values) => ({ sandboxMode: values.PAYMENT_SANDBOX }),
})
