import type { Transaction } from 'kysely'
import { emailVerified } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { OrderingTables } from '../store.ts'
import type { ClaimOrders } from './claim-orders.ts'

/** Handles `email-verified`. */
export const claimOrdersSubscription = ({ claimOrders }: Readonly<{ claimOrders: ClaimOrders }>): Subscription =>
  subscribe(emailVerified, (tx: Transaction<OrderingTables>, { payload }) => claimOrders(tx, payload))
