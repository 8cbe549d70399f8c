import type { DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import { deleteWebhooks } from '../store/webhooks.ts'
import type { PaymentsDb } from '../store/tables.ts'

/** Providers repeat a webhook for a few days at most. A later repeat reads the payment again and changes nothing. */
const retention = days(30)

type Needs = Readonly<{ db: PaymentsDb; now: Clock }>

/** Deletes webhooks thirty days after they were received. */
export const deleteOldWebhooks =
  ({ db, now }: Needs): DeleteBatch =>
  (limit) =>
    deleteWebhooks(db, { receivedBefore: after(now(), -retention), limit })
