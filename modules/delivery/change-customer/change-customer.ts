import type { Transaction } from 'kysely'
import { publish } from '#platform/events'
import { shipmentCustomerChanged } from '../events.ts'
import type { DeliveryTables } from '../store/tables.ts'

/** The account that an order belongs to from now on. */
type NewCustomer = Readonly<{ order_id: string; user_id: string }>
export type ChangeCustomer = (tx: Transaction<DeliveryTables>, customer: NewCustomer) => Promise<void>

/**
 * Shows the shipment of an order to the account that has the order now: it claimed the order, or accounts were merged. The
 * request of the shipment came before, because both events have the order as their key. A repeat changes nothing.
 */
export const changeCustomer: ChangeCustomer = async (tx, { order_id, user_id }) => {
  const changed = await tx
    .updateTable('delivery.shipments')
    .set({ user_id })
    .where('order_id', '=', order_id)
    .where('user_id', '<>', user_id)
    .returning('id')
    .execute()
  await publish(
    tx,
    changed.map(({ id: shipment_id }) => shipmentCustomerChanged({ shipment_id, order_id, user_id })),
  )
}
