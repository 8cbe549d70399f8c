import { oneOf, secret, settings, text, withDefault } from '#platform/config'
import { sandboxModes } from './schema.ts'

/** The settings of payments. */
export const paymentsSettings = settings({
  title: 'Payments',
  variables: {
    PAYMENT_SANDBOX: withDefault(
      oneOf(...sandboxModes),
      'page',
      'How the sandbox decides about payments: page asks the buyer, auto approves, decline refuses.',
    ),
    PAY_LINK_SECRET: secret(
      text(32, 1000),
      'Signs the links to payment pages; without it the first start creates a secret in POSAD_DATA.',
    ),
    PAYMENT_SANDBOX_WEBHOOK_SECRET: secret(
      text(16),
      'Signs the webhooks of the sandbox; without it the sandbox accepts none.',
    ),
  },
  read: (values) => ({
    payLinkSecret: values.PAY_LINK_SECRET,
    sandboxMode: values.PAYMENT_SANDBOX,
    sandboxWebhookSecret: values.PAYMENT_SANDBOX_WEBHOOK_SECRET,
  }),
})
