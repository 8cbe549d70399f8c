import { accountsMerged, mergeReverted } from '#identity/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import type { MoveAlerts } from './move-alerts.ts'

/** Handles `accounts-merged` and `merge-reverted`. */
export const moveAlertsSubscriptions = ({
  moveAlerts,
}: Readonly<{ moveAlerts: MoveAlerts }>): readonly Subscription[] => [
  commutative(subscribe(accountsMerged, (tx, { payload }) => moveAlerts.merge(tx, payload))),
  commutative(subscribe(mergeReverted, (tx, { payload }) => moveAlerts.revert(tx, payload))),
]
