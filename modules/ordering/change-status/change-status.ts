import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Checkout, CheckoutTrigger } from '../checkout.ts'
import { movesByHand, type Status } from '../order.ts'
import { lockStanding } from '../order-rows.ts'
import type { OrderingTables } from '../tables.ts'

export type Changing =
  | Readonly<{ kind: 'changed'; id: string; status: Status; cancelling: boolean }>
  | Readonly<{ kind: 'unknown' }>
  | Readonly<{ kind: 'refused'; reason: 'move-not-allowed'; allowed: readonly Status[] }>

export type ChangeStatus = (order_id: string, to: Status) => Promise<Changing>

type Needs = Readonly<{ db: Kysely<OrderingTables>; checkout: Checkout }>

const triggers: Readonly<Partial<Record<Status, CheckoutTrigger>>> = {
  shipping: 'staff-shipped',
  fulfilled: 'staff-fulfilled',
  cancelled: 'staff-cancelled',
}

/** Staff takes an order on by hand, through the same checkout as everybody: only moves that the order allows. */
export const changeStatus =
  ({ db, checkout }: Needs): ChangeStatus =>
  async (order_id, to) =>
    await transaction(db, async (tx) => {
      const order = (await checkout.lock(tx, order_id)) && (await lockStanding(tx, order_id))
      if (!order) return { kind: 'unknown' }
      const isUndone = order.cancel_reason !== null
      if (order.status === to || (to === 'cancelled' && isUndone)) {
        return {
          kind: 'changed',
          id: order_id,
          status: order.status,
          cancelling: isUndone && order.status !== 'cancelled',
        }
      }
      const allowed = isUndone ? [] : movesByHand(order)
      const trigger = triggers[to]
      if (!trigger || !allowed.includes(to)) return { kind: 'refused', reason: 'move-not-allowed', allowed }
      await checkout.advance(tx, order_id, { trigger, facts: { happened: trigger } })
      const after = await lockStanding(tx, order_id)
      return { kind: 'changed', id: order_id, status: after?.status ?? order.status, cancelling: to === 'cancelled' }
    })
