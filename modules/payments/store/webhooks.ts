import { sql } from 'kysely'
import { deletedRows } from '#platform/jobs'
import type { PaymentsDb } from './tables.ts'

type WebhookKey = Readonly<{ provider: string; webhook_id: string }>

/** Finds a webhook that was received before. */
export async function findWebhook(
  db: PaymentsDb,
  { provider, webhook_id }: WebhookKey,
): Promise<Readonly<{ payment_id: string }> | undefined> {
  const { rows } = await sql<{ payment_id: string }>`
    select payment_id from payments.webhooks where provider = ${provider} and webhook_id = ${webhook_id}
  `.execute(db)
  return rows[0]
}

export async function insertWebhook(
  db: PaymentsDb,
  { provider, webhook_id, payment_id, received_at }: WebhookKey & Readonly<{ payment_id: string; received_at: Date }>,
): Promise<void> {
  await sql`
    insert into payments.webhooks (provider, webhook_id, payment_id, received_at)
    values (${provider}, ${webhook_id}, ${payment_id}, ${received_at}) on conflict do nothing
  `.execute(db)
}

/** Deletes at most `limit` webhooks, the oldest first. Returns how many there were. */
export async function deleteWebhooks(
  db: PaymentsDb,
  { receivedBefore, limit }: Readonly<{ receivedBefore: Date; limit: number }>,
): Promise<number> {
  const deletion = sql`
    delete from payments.webhooks where (provider, webhook_id) in (
      select provider, webhook_id from payments.webhooks
      where received_at < ${receivedBefore} order by received_at limit ${limit})
  `
  return deletedRows(await deletion.execute(db))
}
