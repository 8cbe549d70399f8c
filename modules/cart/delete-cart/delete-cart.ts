import type { Transaction } from 'kysely'
import type { CartTables } from '../store.ts'

export type DeleteCart = (tx: Transaction<CartTables>, user_id: string) => Promise<void>

/** Deletes the cart of a user who deleted the account. A repeat changes nothing. */
export const deleteCart: DeleteCart = async (tx, user_id) => {
  await tx.deleteFrom('cart.carts').where('id', '=', user_id).execute()
}
