import type { Transaction } from 'kysely'
import { accountsMerged, mergeReverted } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { OrderingTables } from '../store.ts'
import type { MoveOrders } from './move-orders.ts'

/** Handles `accounts-merged` and `merge-reverted`. */
export const moveOrdersSubscriptions = ({
  moveOrders,
}: Readonly<{ moveOrders: MoveOrders }>): readonly Subscription[] => [
  subscribe(accountsMerged, (tx: Transaction<OrderingTables>, { payload }) =>
    moveOrders(tx, { ...payload, is_reverted: false }),
  ),
  subscribe(mergeReverted, (tx: Transaction<OrderingTables>, { payload }) =>
    moveOrders(tx, { ...payload, is_reverted: true }),
  ),
]
