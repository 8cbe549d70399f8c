import { accountsMerged, mergeReverted } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { MoveLines } from './move-lines.ts'

/** Handles `accounts-merged` and `merge-reverted`. */
export const moveLinesSubscriptions = ({ moveLines }: Readonly<{ moveLines: MoveLines }>): readonly Subscription[] => [
  subscribe(accountsMerged, (tx, { payload }) => moveLines.merge(tx, payload)),
  subscribe(mergeReverted, (tx, { payload }) => moveLines.revert(tx, payload)),
]
