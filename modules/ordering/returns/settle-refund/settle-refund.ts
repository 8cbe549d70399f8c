import type { Transaction } from 'kysely'
import type { RefundRefusal } from '#payments/events'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { OrderingTables } from '../../store.ts'
import type { ReturnStatus } from '../schema.ts'
import type { Mailbox, ReturnMail } from '../store/return-mail.ts'
import { endReturn } from '../store/end-return.ts'
import { lockReturn, updateReturn } from '../store/returns.ts'

/** `reason`: why payments refused the refund; null when an older event does not say it. */
type Answer = Readonly<{ refund_id: string }> &
  (Readonly<{ is_refunded: true }> | Readonly<{ is_refunded: false; reason: RefundRefusal | null }>)
export type SettleRefund = (
  tx: Transaction<OrderingTables>,
  answer: Answer,
  mailbox: Mailbox | undefined,
) => Promise<void>

type Needs = Readonly<{ now: Clock; returnMail: Pick<ReturnMail, 'send'> }>

/**
 * Ends a return that payments refunded, or opens it for another refund after payments refused this one. Without a mailbox it still
 * settles. A refund that no return waits for changes nothing.
 */
export const settleRefund =
  ({ now, returnMail }: Needs): SettleRefund =>
  async (tx, answer, mailbox) => {
    const { refund_id, is_refunded } = answer
    const query = tx.selectFrom('ordering.returns').select('id').where('refund_id', '=', refund_id)
    const found = await query.executeTakeFirst()
    const locked = found && (await lockReturn(tx, found.id))
    if (locked?.return.refund_id !== refund_id || !awaits(locked.return.status, is_refunded)) return
    const [at, refund_amount] = [now(), locked.return.refund_amount ?? 0]
    if (answer.is_refunded) {
      const event = await endReturn(tx, { locked, refund_amount, at })
      await returnMail.send(tx, mailbox, { event: 'refunded', amount: refund_amount })
      await publish(tx, [event])
    } else {
      await updateReturn(tx, locked.return.id, {
        status: 'received',
        refund_refused_at: at,
        refund_refused_reason: answer.reason,
        refused_refund_ids: [...locked.return.refused_refund_ids, refund_id],
        updated_at: at,
      })
    }
  }

/** A provider may say that it made a refund after it refused it: this ends the return as long as staff have not refunded again. */
const awaits = (status: ReturnStatus, is_refunded: boolean) =>
  status === 'refunding' || (status === 'received' && is_refunded)
