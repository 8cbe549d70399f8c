import { userBlocked, userDeleted, userRoleChanged } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { BlockCourier } from './block-courier.ts'

/** Handles `user-blocked`, `user-deleted`, and `user-role-changed` when the role delivers nothing now. */
export const blockCourierSubscriptions = ({
  blockCourier,
}: Readonly<{ blockCourier: BlockCourier }>): readonly Subscription[] => [
  subscribe(userBlocked, (tx, { payload: { user_id } }) => blockCourier(tx, user_id)),
  subscribe(userRoleChanged, async (tx, { payload: { user_id, permissions } }) => {
    if (!permissions.includes('delivery.deliver')) await blockCourier(tx, user_id)
  }),
  subscribe(userDeleted, (tx, { payload: { user_id } }) => blockCourier(tx, user_id)),
]
