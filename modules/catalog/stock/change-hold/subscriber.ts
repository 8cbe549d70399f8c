import { orderEdited } from '#ordering/events'
import { subscribe } from '#platform/events'
import type { ChangeHold } from './change-hold.ts'

/** Gives the hold of an order the goods of its edit. */
export const changeHoldSubscription = ({ changeHold }: Readonly<{ changeHold: ChangeHold }>) =>
  subscribe(orderEdited, (tx, { payload }) => changeHold(tx, payload))
