import { sql, type Transaction } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import type { Clock } from '#platform/values'
import type { OrderingDb, OrderingTables } from '../store.ts'

type Needs = Readonly<{ now: Clock }>
export type AnonymiseBuyer = (tx: Transaction<OrderingTables>, user_id: string) => Promise<void>

/**
 * Removes the name, the phone, the address, the comment, the notes of staff and the words of returns from the closed orders of
 * a buyer who deleted the account. An open order keeps them until it is handed over or cancelled: a job anonymises it then. A repeat changes nothing.
 */
export const anonymiseBuyer =
  ({ now }: Needs): AnonymiseBuyer =>
  async (tx, user_id) => {
    await tx
      .insertInto('ordering.deleted_buyers')
      .values({ user_id, deleted_at: now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await anonymisation(user_id, undefined).execute(tx)
  }

/** Anonymises the orders of all deleted buyers that were closed since. */
export const anonymiseClosedOrders =
  (db: OrderingDb): DeleteBatch =>
  async (limit) =>
    deletedRows(await anonymisation(undefined, limit).execute(db))

/** Money records stay: the number, the amount and the lines name no person. The address of a courier's order must not be null, nor shorter than any address. */
const anonymisation = (user_id: string | undefined, limit: number | undefined) => sql`
  with chosen as materialized (
    select orders.id from ordering.deleted_buyers buyer join ordering.orders using (user_id)
    where (${user_id ?? null}::uuid is null or buyer.user_id = ${user_id ?? null}::uuid)
      and status in ('fulfilled', 'cancelled')
      and (num_nonnulls(recipient_name, recipient_phone, comment, contact_email, contact_phone) > 0
        or delivery_address <> '"———"'::jsonb or exists (select from ordering.notes where order_id = orders.id)
        or exists (select from ordering.returns where order_id = orders.id and reason is not null and status in ('refused', 'refunded')))
    limit ${limit ?? null}
  ), notes as (delete from ordering.notes where order_id in (select id from chosen)
  ), returned as (
    update ordering.returns set reason = null, note = null
    where order_id in (select id from chosen) and status in ('refused', 'refunded')
  )
  update ordering.orders set
    recipient_name = null, recipient_phone = null, comment = null,
    contact_email = null, contact_phone = null, link_version = null, claimed_at = null,
    delivery_address = case when delivery_address is not null then '"———"'::jsonb end
  where id in (select id from chosen)`
