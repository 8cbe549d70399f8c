import { userBlocked, userDeleted, userRoleChanged, userUnblocked } from '#identity/events'
import { subscribe, type Subscription } from '#platform/events'
import type { FollowAccount } from './follow-account.ts'

/** Handles `user-blocked`, `user-unblocked`, `user-deleted` and `user-role-changed`. */
export const followAccountSubscriptions = ({
  followAccount,
}: Readonly<{ followAccount: FollowAccount }>): readonly Subscription[] => [
  subscribe(userBlocked, (tx, { payload: { user_id } }) =>
    followAccount(tx, { courier_id: user_id, change: { is_blocked: true } }),
  ),
  subscribe(userUnblocked, (tx, { payload: { user_id } }) =>
    followAccount(tx, { courier_id: user_id, change: { is_blocked: false } }),
  ),
  subscribe(userRoleChanged, (tx, { payload: { user_id, permissions } }) =>
    followAccount(tx, { courier_id: user_id, change: { has_permission: permissions.includes('delivery.deliver') } }),
  ),
  subscribe(userDeleted, (tx, { payload: { user_id } }) =>
    followAccount(tx, { courier_id: user_id, change: { is_blocked: true } }),
  ),
]
