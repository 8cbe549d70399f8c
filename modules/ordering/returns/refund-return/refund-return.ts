import { transaction } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { refundRequested } from '../../events.ts'
import type { OrderingDb } from '../../store.ts'
import { refund, type RefundRefused } from '../return.ts'
import type { FoundReturn } from '../return-view.ts'
import { endReturn } from '../store/end-return.ts'
import type { ReturnMail } from '../store/return-mail.ts'
import { insertEntry, lockReturn, readReturn, updateReturn } from '../store/returns.ts'
import type { ReturnRow } from '../store/tables.ts'

type RefundReturnInput = Readonly<{
  /** The same for each attempt of a request. */
  refund_id: string
  return_id: string
  /** Minor units; all that was paid for the pieces when absent. */
  amount: number | undefined
}>
export type AcceptedRefund = Readonly<{ kind: 'accepted'; return: FoundReturn }>
export type RefundReturnOutcome = AcceptedRefund | NotFound | RefundRefused | Refused<'refund-refused'>
export type RefundReturn = (
  input: RefundReturnInput,
  storeResponse: StoreResponse<AcceptedRefund>,
) => Promise<RefundReturnOutcome>

type Needs = Readonly<{ db: OrderingDb; now: Clock; returnMail: ReturnMail }>

/**
 * Requests the refund of a return from payments, which answers by an event. A refund of nothing ends the return at once. A repeat
 * before the answer publishes the request again: under a new event id, because an inbox has that of a skipped message, and with
 * the same refund id, by which payments refunds once.
 */
export const refundReturn =
  ({ db, now, returnMail }: Needs): RefundReturn =>
  async ({ refund_id, return_id, amount }, storeResponse) => {
    const mailbox = await returnMail.mailboxOf({ return_id })
    return await transaction(db, async (tx): Promise<RefundReturnOutcome> => {
      const locked = await lockReturn(tx, return_id)
      if (!locked) return notFound('return')
      if (locked.return.refused_refund_ids.includes(refund_id)) return { kind: 'refused', reason: 'refund-refused' }
      const decision = refund(locked.return, amount)
      if (decision.kind === 'refused') return decision
      const events: NewEvent[] = []
      if (decision.kind === 'request-again') events.push(requestOf(locked.return))
      if (decision.kind === 'refund') {
        const [at, refund_amount] = [now(), decision.amount]
        const change = { refund_id, refund_amount, ...notRefused, updated_at: at }
        await updateReturn(tx, return_id, { ...change, ...(refund_amount > 0 && { status: 'refunding' as const }) })
        if (refund_amount > 0) {
          events.push(requestOf({ ...locked.return, refund_id, refund_amount }))
          await insertEntry(tx, locked.order.id, { event: 'return-refunding', at })
        } else {
          events.push(await endReturn(tx, { locked, refund_amount, at }))
          await insertEntry(tx, locked.order.id, { event: 'return-ended', at })
          await returnMail.send(tx, mailbox, { event: 'ended' })
        }
      }
      const accepted = { kind: 'accepted', return: await readReturn(tx, return_id) } as const
      if (accepted.return.status === 'refunded') await storeResponse(tx, accepted)
      await publish(tx, events)
      return accepted
    })
  }

const notRefused = { refund_refused_at: null, refund_refused_reason: null }

/** The command to refund a return. */
function requestOf({ id, order_id, refund_id, refund_amount }: ReturnRow): NewEvent {
  if (refund_id === null || refund_amount === null) throw new Error(`The return ${id} is refunded without a refund`)
  return refundRequested({
    subject_type: 'order',
    subject_id: order_id,
    refund_id,
    return_id: id,
    amount: refund_amount,
    reason: 'return',
  })
}
