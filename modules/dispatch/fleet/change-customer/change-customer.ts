import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'

/** The account that the order of a parcel belongs to from now on. */
type NewCustomer = Readonly<{ shipment_id: string; user_id: string }>
export type ChangeCustomer = (tx: AnyTx, customer: NewCustomer) => Promise<void>

/** Shows the way of a parcel to the account that has the order now. A repeat changes nothing. */
export const changeCustomer: ChangeCustomer = async (tx, { shipment_id, user_id }) => {
  await sql`update dispatch.parcels set user_id = ${user_id} where id = ${shipment_id}`.execute(tx)
}
