import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { returnDecided } from '../../events.ts'
import type { OrderingDb } from '../../store.ts'
import { decideStep, type StepRefused } from '../return.ts'
import type { ReturnMail } from '../store/return-mail.ts'
import type { FoundReturn } from '../return-view.ts'
import { addToLines, insertEntry, listReturnedLines, lockReturn, readReturn, updateReturn } from '../store/returns.ts'

type RefuseReturnInput = Readonly<{ return_id: string; answer: string }>
export type RefuseReturnOutcome = Readonly<{ kind: 'decided'; return: FoundReturn }> | NotFound | StepRefused
export type RefuseReturn = (input: RefuseReturnInput) => Promise<RefuseReturnOutcome>

type Needs = Readonly<{ db: OrderingDb; now: Clock; returnMail: ReturnMail }>

/** Staff refuse a return, also one that was approved and whose goods never came. Its pieces may be in another return. */
export const refuseReturn =
  ({ db, now, returnMail }: Needs): RefuseReturn =>
  async ({ return_id, answer }) => {
    const mailbox = await returnMail.mailboxOf({ return_id })
    return await transaction(db, async (tx): Promise<RefuseReturnOutcome> => {
      const locked = await lockReturn(tx, return_id)
      if (!locked) return notFound('return')
      const decision = decideStep(locked.return.status, 'refused')
      if (decision.kind === 'refused') return decision
      if (decision.kind === 'changed') {
        const { order_id } = locked.return
        const at = now()
        await updateReturn(tx, return_id, { status: 'refused', answer, refused_at: at, updated_at: at })
        const lines = await listReturnedLines(tx, return_id)
        const freed = lines.map(({ position, requested }) => ({ position, quantity: -requested, amount: 0 }))
        await addToLines(tx, order_id, freed)
        await insertEntry(tx, order_id, { event: 'return-refused', at })
        await returnMail.send(tx, mailbox, { event: 'refused', answer })
        await publish(tx, [returnDecided({ order_id, return_id, decision: 'refused' })])
      }
      return { kind: 'decided', return: await readReturn(tx, return_id) }
    })
  }
