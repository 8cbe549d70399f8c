import { isRefusal, notFound, type NotFound, type ReasonOf, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import {
  refuseWhenSilent,
  type Providers,
  type ProviderSilent,
  type Webhook,
  type WebhookOutcome,
} from '../provider.ts'
import type { WebhookResult } from '../schema.ts'
import type { SettleOutcome, SettlePayment } from '../settlement.ts'
import { findPayment } from '../store/payments.ts'
import type { PaymentsDb } from '../store/tables.ts'
import { findWebhook, insertWebhook } from '../store/webhooks.ts'

type ReceivedWebhook = Readonly<{
  kind: 'received'
  payment_id: string
  result: WebhookResult
}>
export type ReceiveWebhookOutcome =
  | ReceivedWebhook
  | Refused<ReasonOf<WebhookOutcome> | ReasonOf<SettleOutcome>>
  | ProviderSilent
  | NotFound
export type ReceiveWebhook = (provider: string, webhook: Webhook) => Promise<ReceiveWebhookOutcome>

type Needs = Readonly<{
  db: PaymentsDb
  providers: Providers
  now: Clock
  settlePayment: SettlePayment
}>

/**
 * Takes a webhook as a hint that a payment changed, and reads the payment at the provider. The webhook is recorded after
 * the payment is saved: when the process dies in between, the provider's retry repeats the read, which changes nothing.
 * A webhook that changed nothing is not recorded, because it may overtake the provider's own books or the transaction that
 * inserts the payment: its repeat reads again.
 */
export const receiveWebhook =
  ({ db, providers, now, settlePayment }: Needs): ReceiveWebhook =>
  async (code, webhook) => {
    const provider = providers.find(code)
    if (!provider?.parseWebhook) return notFound('payment provider')
    const parsed = provider.parseWebhook(webhook)
    if (parsed.kind === 'refused') return parsed
    const { webhook_id, payment_id } = parsed
    const earlier = await findWebhook(db, { provider: code, webhook_id })
    if (earlier?.payment_id === payment_id) return { kind: 'received', payment_id, result: 'duplicate' }
    const payment = await findPayment(db, payment_id)
    if (payment?.provider !== code) return notFound('payment')

    const settled = await settlePayment(payment_id).catch(refuseWhenSilent)
    if (isRefusal(settled)) return settled
    if (settled.kind === 'settled')
      await insertWebhook(db, { provider: code, webhook_id, payment_id, received_at: now() })
    return { kind: 'received', payment_id, result: settled.kind }
  }
