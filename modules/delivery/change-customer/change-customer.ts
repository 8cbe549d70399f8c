import type { Transaction } from 'kysely'
import type { DeliveryTables } from '../store.ts'

/** The account that an order belongs to from now on. */
type NewCustomer = Readonly<{ order_id: string; user_id: string }>
export type ChangeCustomer = (tx: Transaction<DeliveryTables>, customer: NewCustomer) => Promise<void>

/** Shows the shipment of an order to the account that claimed it. A repeat changes nothing. */
export const changeCustomer: ChangeCustomer = async (tx, { order_id, user_id }) => {
  await tx
    .updateTable('delivery.shipments')
    .set({ user_id })
    .where('order_id', '=', order_id)
    .where('user_id', 'is not', null)
    .execute()
}
