import type { Bug } from '../bug.ts'

const payments = (file: string) => `modules/payments/${file}`
const caughtBy = payments('receive-webhook/receive-webhook.test.ts')

/** The webhooks of payment providers. */
export const webhookBugs: readonly Bug[] = [
  {
    description: 'the signature of a webhook is not checked',
    requirement: 'PAY-4',
    file: payments('providers/sandbox-webhook.ts'),
    text: "      if (!equals(headers[signatureHeader], signatureOf(body))) return { kind: 'refused', reason: 'bad-signature' }\n",
    replacement: '',
    caughtBy,
  },
  {
    description: 'any signature of the right length signs a webhook',
    requirement: 'PAY-4',
    file: payments('providers/sandbox-webhook.ts'),
    text: 'one.length === other.length && timingSafeEqual(one, other)',
    replacement: 'one.length === other.length',
    caughtBy,
  },
  {
    description: 'a webhook completes its payment without a query at the bank',
    requirement: 'PAY-4',
    file: payments('settle-payment/settle-payment.ts'),
    text: 'const read = await provider.query(key)',
    replacement:
      "const read = { amount, currency, confirmation_url: null, status: 'succeeded' as const, transaction_id: payment_id }",
    caughtBy,
  },
  {
    description: 'a webhook that comes again is applied again',
    requirement: 'PAY-4',
    file: payments('receive-webhook/receive-webhook.ts'),
    text: 'if (earlier?.payment_id === payment_id)',
    replacement: 'if (!webhook_id)',
    caughtBy,
  },
  {
    description: 'a webhook that changed nothing is recorded, so its repeat is ignored',
    requirement: 'PAY-4',
    file: payments('receive-webhook/receive-webhook.ts'),
    text: "    if (settled.kind === 'settled')\n",
    replacement: '',
    caughtBy,
  },
  {
    description: 'a provider reports about the payments of another provider',
    requirement: 'PAY-4',
    file: payments('receive-webhook/receive-webhook.ts'),
    text: 'if (payment?.provider !== code)',
    replacement: 'if (!payment)',
    caughtBy,
  },
  {
    description: 'a webhook that comes while the bank does not answer is an internal error',
    requirement: 'PAY-6',
    file: payments('provider.ts'),
    text: '  if (error instanceof ProviderUnavailable) return providerSilent\n',
    replacement: '',
    caughtBy,
  },
]
