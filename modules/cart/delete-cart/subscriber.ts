import type { Transaction } from 'kysely'
import { userDeleted } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { CartTables } from '../store.ts'
import type { DeleteCart } from './delete-cart.ts'

/** Handles `user-deleted`. */
export const deleteCartSubscription = ({ deleteCart }: Readonly<{ deleteCart: DeleteCart }>): Subscription =>
  subscribe(userDeleted, (tx: Transaction<CartTables>, { payload: { user_id } }) => deleteCart(tx, user_id))
