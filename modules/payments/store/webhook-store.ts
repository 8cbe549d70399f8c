import { sql, type Kysely } from 'kysely'
import type { PaymentsTables } from './table-types.ts'

type WebhookKey = Readonly<{ provider: string; webhook_id: string }>

export async function isWebhookReceived(
  db: Kysely<PaymentsTables>,
  { provider, webhook_id }: WebhookKey,
): Promise<boolean> {
  const { rows } = await sql`
    select from payments.webhooks where provider = ${provider} and webhook_id = ${webhook_id}
  `.execute(db)
  return rows.length > 0
}

export async function insertWebhook(
  db: Kysely<PaymentsTables>,
  { provider, webhook_id, payment_id, received_at }: WebhookKey & Readonly<{ payment_id: string; received_at: Date }>,
): Promise<void> {
  await sql`
    insert into payments.webhooks (provider, webhook_id, payment_id, received_at)
    values (${provider}, ${webhook_id}, ${payment_id}, ${received_at}) on conflict do nothing
  `.execute(db)
}
