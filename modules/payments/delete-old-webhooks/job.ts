import { sql, type Kysely } from 'kysely'
import { cleanupJob, deletedRows } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { PaymentsTables } from '../store/table-types.ts'

/** Providers repeat a webhook for a few days at most. A later repeat reads the payment again and changes nothing. */
const retention = days(30)

export const deleteOldWebhooks = (db: Kysely<PaymentsTables>, now: Clock) =>
  cleanupJob({
    name: 'payments.delete-old-webhooks',
    cron: '40 3 * * *',
    deletions: [
      async (limit) =>
        deletedRows(
          await sql`
            delete from payments.webhooks where (provider, webhook_id) in (
              select provider, webhook_id from payments.webhooks
              where received_at < ${after(now(), -retention)} order by received_at limit ${limit})
          `.execute(db),
        ),
    ],
  })
