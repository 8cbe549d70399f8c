import { transaction, type AnyTx } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Checkout } from '../checkout.ts'
import { isCancelling, operatorStepsOf } from '../order.ts'
import type { OperatorStep, OrderStatus } from '../schema.ts'
import { lockOrderState, type OrderingDb } from '../store.ts'

export type StepTaken = Readonly<{ kind: 'taken'; id: string; status: OrderStatus; cancelling: boolean }>
type StepNotAllowed = Refused<'operator-step-not-allowed'> & Readonly<{ allowed: readonly OperatorStep[] }>
export type OperateCheckoutOutcome = StepTaken | NotFound | StepNotAllowed

/** `reason`: the words of staff. */
type OperateCheckoutInput = Readonly<{ order_id: string; step: OperatorStep; reason?: string | undefined }>

export type OperateCheckout = (
  input: OperateCheckoutInput,
  storeResponse: StoreResponse<StepTaken>,
) => Promise<OperateCheckoutOutcome>

type Needs = Readonly<{ db: OrderingDb; checkout: Checkout }>

/** An operator moves an order whose checkout is stuck. The lock puts the step before or after an answer that comes late. */
export const operateCheckout =
  ({ db, checkout }: Needs): OperateCheckout =>
  async ({ order_id, step, reason }, storeResponse) =>
    await transaction(db, async (tx): Promise<OperateCheckoutOutcome> => {
      const isStuck = await checkout.lockStuck(tx, order_id)
      const order = await lockOrderState(tx, order_id)
      if (!order) return notFound('order')
      const allowed = operatorStepsOf(order, isStuck)
      if (!allowed.includes(step)) return { kind: 'refused', reason: 'operator-step-not-allowed', allowed }
      await stepActs[step](checkout, { tx, order_id, given_reason: reason })
      const moved = await lockOrderState(tx, order_id)
      if (!moved) throw new Error(`Order ${order_id} disappeared while it was locked`)
      const taken = { kind: 'taken', id: order_id, status: moved.status, cancelling: isCancelling(moved) } as const
      await storeResponse(tx, taken)
      return taken
    })

type Act = Readonly<{ tx: AnyTx; order_id: string; given_reason: string | undefined }>

/** A compensation is the cancellation by staff in the table of the checkout. */
const stepActs: Readonly<Record<OperatorStep, (checkout: Checkout, act: Act) => Promise<boolean>>> = {
  resend: (checkout, { tx, order_id, given_reason }) =>
    checkout.resend(tx, order_id, { event: 'staff-resent', given_reason }),
  compensate: (checkout, { tx, order_id, given_reason }) =>
    checkout.advance(tx, order_id, {
      trigger: 'staff-cancelled',
      facts: { event: 'staff-cancelled', given_reason },
    }),
}
