import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { returnDecided } from '../../events.ts'
import type { OrderingDb } from '../../store.ts'
import { decideStep, type StepRefused } from '../return.ts'
import type { ReturnMail } from '../store/return-mail.ts'
import type { FoundReturn } from '../return-view.ts'
import { insertEntry, lockReturn, readReturn, updateReturn } from '../store/returns.ts'

type ApproveReturnInput = Readonly<{ return_id: string; answer: string | null }>
export type ApproveReturnOutcome = Readonly<{ kind: 'decided'; return: FoundReturn }> | NotFound | StepRefused
export type ApproveReturn = (input: ApproveReturnInput) => Promise<ApproveReturnOutcome>

type Needs = Readonly<{ db: OrderingDb; now: Clock; returnMail: ReturnMail }>

/** Staff agree to take the goods back, and say where to send them. */
export const approveReturn =
  ({ db, now, returnMail }: Needs): ApproveReturn =>
  async ({ return_id, answer }) => {
    const mailbox = await returnMail.mailboxOf({ return_id })
    return await transaction(db, async (tx): Promise<ApproveReturnOutcome> => {
      const locked = await lockReturn(tx, return_id)
      if (!locked) return notFound('return')
      const decision = decideStep(locked.return.status, 'approved')
      if (decision.kind === 'refused') return decision
      if (decision.kind === 'changed') {
        const { order_id } = locked.return
        const at = now()
        await updateReturn(tx, return_id, { status: 'approved', answer, approved_at: at, updated_at: at })
        await insertEntry(tx, order_id, { event: 'return-approved', at })
        await returnMail.send(tx, mailbox, { event: 'approved', answer })
        await publish(tx, [returnDecided({ order_id, return_id, decision: 'approved' })])
      }
      return { kind: 'decided', return: await readReturn(tx, return_id) }
    })
  }
