import type { Transaction } from 'kysely'
import type { PaymentsTables } from '../store/tables.ts'

/** The account that an order belongs to from now on. */
type NewPayer = Readonly<{ order_id: string; user_id: string }>
export type ChangePayer = (tx: Transaction<PaymentsTables>, payer: NewPayer) => Promise<void>

/**
 * Shows the payments of an order to the account that has the order now: it claimed the order, or accounts were merged. The
 * request of the payment came before, because both events have the order as their key. A repeat changes nothing.
 */
export const changePayer: ChangePayer = async (tx, { order_id, user_id }) => {
  await tx
    .updateTable('payments.payment_requests')
    .set({ user_id })
    .where('subject_id', '=', order_id)
    .where('user_id', 'is not', null)
    .execute()
  await tx.updateTable('payments.payments').set({ user_id }).where('subject_id', '=', order_id).execute()
}
