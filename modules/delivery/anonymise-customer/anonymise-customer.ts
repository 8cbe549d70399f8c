import { sql, type Transaction } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import type { Clock } from '#platform/values'
import type { DeliveryDb, DeliveryTables } from '../store/tables.ts'

type Needs = Readonly<{ now: Clock }>
export type AnonymiseCustomer = (tx: Transaction<DeliveryTables>, user_id: string) => Promise<void>

/**
 * Removes the name, the phone, the address and the comment from the ended shipments of a customer who deleted the account. A
 * shipment on its way keeps them until it ends: a job anonymises it then. A repeat changes nothing.
 */
export const anonymiseCustomer =
  ({ now }: Needs): AnonymiseCustomer =>
  async (tx, user_id) => {
    await tx
      .insertInto('delivery.deleted_customers')
      .values({ user_id, deleted_at: now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await anonymisation(user_id, undefined).execute(tx)
  }

/** Anonymises the shipments of all deleted customers that have ended since. */
export const anonymiseEndedShipments =
  (db: DeliveryDb): DeleteBatch =>
  async (limit) =>
    deletedRows(await anonymisation(undefined, limit).execute(db))

/** The address of a courier's shipment must not be null. */
const anonymisation = (user_id: string | undefined, limit: number | undefined) => sql`
  update delivery.shipments set
    recipient_name = null, recipient_phone = null, comment = null,
    delivery_address = case when delivery_address is not null then '"———"'::jsonb end
  where id in (
    select shipments.id from delivery.deleted_customers customer join delivery.shipments using (user_id)
    where (${user_id ?? null}::uuid is null or customer.user_id = ${user_id ?? null}::uuid)
      and status in ('delivered', 'returned', 'cancelled')
      and (num_nonnulls(recipient_name, recipient_phone, comment) > 0 or delivery_address <> '"———"'::jsonb)
    limit ${limit ?? null})`
