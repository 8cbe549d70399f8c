import { sql } from 'kysely'
import { deletedRows } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { CartDb } from '../store.ts'

export type Needs = Readonly<{ db: CartDb; now: Clock }>

/** Deletes up to `limit` rows and returns how many. */
type DeleteRows = (limit: number) => Promise<number>

/** Every guest may open a cart, so guests' carts end after 60 idle days. */
export const deleteIdleCarts =
  ({ db, now }: Needs): DeleteRows =>
  async (limit) => {
    const idleSince = after(now(), -days(60))
    return deletedRows(
      await sql`
        delete from cart.carts where id in (
          select id from cart.carts where token_hash is not null and created_at < ${idleSince} and updated_at < ${idleSince}
          order by created_at limit ${limit} for update skip locked)
      `.execute(db),
    )
  }

/** Processed orders stay for 30 days. */
export const deleteProcessedOrders =
  ({ db, now }: Needs): DeleteRows =>
  async (limit) =>
    deletedRows(
      await sql`
        delete from cart.processed_orders where order_id in (
          select order_id from cart.processed_orders where processed_at < ${after(now(), -days(30))} limit ${limit})
      `.execute(db),
    )

/** Merges of accounts can be reverted for 30 days. */
export const deleteOldMerges =
  ({ db, now }: Needs): DeleteRows =>
  async (limit) =>
    deletedRows(
      await sql`
        delete from cart.merged_accounts where merge_id in (
          select merge_id from cart.merged_accounts where handled_at < ${after(now(), -days(60))} limit ${limit})
      `.execute(db),
    )
