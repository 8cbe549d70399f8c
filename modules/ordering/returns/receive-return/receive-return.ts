import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { goodsReturned, returnReceived } from '../../events.ts'
import type { OrderingDb } from '../../store.ts'
import { leadsTo, receive, type CountedLine, type CountsDiffer, type StepRefused } from '../return.ts'
import type { FoundReturn } from '../return-view.ts'
import type { PieceCount } from '../schema.ts'
import { addToLines, insertEntry, listReturnedLines, lockReturn, readReturn, updateReturn } from '../store/returns.ts'
import { isSameReceipt, restockedItems, saveCounts } from './received-lines.ts'

type ReceiveReturnInput = Readonly<{ return_id: string; counts: readonly PieceCount[]; note: string | null }>
export type ReceivedReturn = Readonly<{ kind: 'received'; return: FoundReturn }>
export type ReceiveReturnOutcome = ReceivedReturn | NotFound | StepRefused | CountsDiffer | Refused<'already-received'>
export type ReceiveReturn = (
  input: ReceiveReturnInput,
  storeResponse: StoreResponse<ReceivedReturn>,
) => Promise<ReceiveReturnOutcome>

type Needs = Readonly<{ db: OrderingDb; now: Clock }>

/** Staff have counted the goods of a return: sellable pieces go back into the stock, and the sum that is due is known. */
export const receiveReturn =
  ({ db, now }: Needs): ReceiveReturn =>
  async ({ return_id, counts, note }, storeResponse) =>
    await transaction(db, async (tx): Promise<ReceiveReturnOutcome> => {
      const locked = await lockReturn(tx, return_id)
      if (!locked) return notFound('return')
      const { status, order_id } = locked.return
      const answerWith = async (): Promise<ReceivedReturn> => {
        const received = { kind: 'received', return: await readReturn(tx, return_id) } as const
        await storeResponse(tx, received)
        return received
      }
      if (locked.return.received_at !== null)
        return isSameReceipt((await readReturn(tx, return_id)).lines, counts)
          ? await answerWith()
          : { kind: 'refused', reason: 'already-received' }
      if (!leadsTo(status, 'received'))
        return { kind: 'refused', reason: 'return-status-not-allowed', return_status: status }

      const lines = await listReturnedLines(tx, return_id)
      const decision = receive(lines, counts)
      if (decision.kind === 'refused') return decision
      const at = now()
      const { refundable_amount } = decision
      await saveCounts(tx, return_id, decision.lines)
      await addToLines(tx, order_id, decision.lines.map(countedChange))
      await updateReturn(tx, return_id, {
        status: 'received',
        note,
        refundable_amount,
        received_at: at,
        updated_at: at,
      })
      await insertEntry(tx, order_id, { event: 'return-received', at })
      const received = await answerWith()
      const items = restockedItems(lines, decision.lines)
      await publish(tx, [
        returnReceived({ return_id, order_id, refundable_amount, currency: locked.order.currency }),
        ...(items.length > 0 ? [goodsReturned({ return_id, order_id, items })] : []),
      ])
      return received
    })

/** Pieces that are missing stay with the buyer, who may return them later. */
const countedChange = ({ position, missing, amount }: CountedLine) => ({ position, quantity: -missing, amount })
