import { returnReceived } from '#catalog/events'
import { subscribe, type Subscription } from '#platform/events'
import type { FollowReturn } from './follow-return.ts'

/** Handles `return-received`. */
export const followReturnSubscription = ({ followReturn }: Readonly<{ followReturn: FollowReturn }>): Subscription =>
  subscribe(returnReceived, (tx, { payload }) => followReturn(tx, payload))
