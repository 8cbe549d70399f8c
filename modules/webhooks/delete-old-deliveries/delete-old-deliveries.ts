import { sql } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { WebhooksDb } from '../store.ts'

/** The log of deliveries goes back this far. */
const logTime = days(30)

type Needs = Readonly<{ db: WebhooksDb; now: Clock }>

export const deleteOldDeliveries =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(
      await sql`delete from webhooks.deliveries where id = any(array(
        select id from webhooks.deliveries where created_at < ${after(now(), -logTime)}
        order by created_at limit ${limit}))`.execute(db),
    )

/** A message stays for as long as a delivery refers to it. */
export const deleteOldMessages =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(
      await sql`delete from webhooks.messages where id = any(array(
        select id from webhooks.messages as message where created_at < ${after(now(), -logTime)}
          and not exists (select from webhooks.deliveries as delivery where delivery.message_id = message.id)
        order by created_at limit ${limit}))`.execute(db),
    )
