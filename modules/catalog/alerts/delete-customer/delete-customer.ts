import type { CatalogTx } from '../../store/tables.ts'

export type DeleteCustomer = (tx: CatalogTx, user_id: string) => Promise<void>

/** Ends the subscriptions of a user who deleted the account. A repeat changes nothing. */
export const deleteCustomer: DeleteCustomer = async (tx, user_id) => {
  await tx.deleteFrom('catalog.alert_owners').where('user_id', '=', user_id).execute()
}
