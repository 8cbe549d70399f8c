import type { Transaction } from 'kysely'
import { userDeleted } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { OrderingTables } from '../store.ts'
import type { AnonymiseBuyer } from './anonymise-buyer.ts'

/** Handles `user-deleted`. */
export const anonymiseBuyerSubscription = ({
  anonymiseBuyer,
}: Readonly<{ anonymiseBuyer: AnonymiseBuyer }>): Subscription =>
  subscribe(userDeleted, (tx: Transaction<OrderingTables>, { payload: { user_id } }) => anonymiseBuyer(tx, user_id))
