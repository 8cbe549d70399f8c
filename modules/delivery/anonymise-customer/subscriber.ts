import type { Transaction } from 'kysely'
import { userDeleted } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { DeliveryTables } from '../store/tables.ts'
import type { AnonymiseCustomer } from './anonymise-customer.ts'

/** Handles `user-deleted`. */
export const anonymiseCustomerSubscription = ({
  anonymiseCustomer,
}: Readonly<{ anonymiseCustomer: AnonymiseCustomer }>): Subscription =>
  subscribe(userDeleted, (tx: Transaction<DeliveryTables>, { payload: { user_id } }) => anonymiseCustomer(tx, user_id))
