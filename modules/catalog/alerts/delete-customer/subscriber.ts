import { userDeleted } from '#identity/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import type { DeleteCustomer } from './delete-customer.ts'

/** Handles `user-deleted`. */
export const deleteCustomerSubscription = ({
  deleteCustomer,
}: Readonly<{ deleteCustomer: DeleteCustomer }>): Subscription =>
  commutative(subscribe(userDeleted, (tx, { payload: { user_id } }) => deleteCustomer(tx, user_id)))
