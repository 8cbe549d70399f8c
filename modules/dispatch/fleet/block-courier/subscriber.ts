import { userBlocked, userDeleted } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { BlockCourier } from './block-courier.ts'

/** Handles `user-blocked` and `user-deleted`. */
export const blockCourierSubscriptions = ({
  blockCourier,
}: Readonly<{ blockCourier: BlockCourier }>): readonly Subscription[] => [
  subscribe(userBlocked, (tx, { payload: { user_id } }) => blockCourier(tx, user_id)),
  subscribe(userDeleted, (tx, { payload: { user_id } }) => blockCourier(tx, user_id)),
]
