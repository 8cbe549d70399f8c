import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { returnReceived } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import type { ReturnCount, ReturnView } from '../return-schema.ts'
import { decideReceipt, type ReceiptRefused } from '../return.ts'
import { findReturn, lockReturn, saveReceipt } from '../store/returns.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type ReceiveReturnInput = Readonly<{
  order_id: string
  counts: readonly ReturnCount[]
  note: string | null
  user_id: string | null
}>
export type ReceivedReturn = Readonly<{ kind: 'received'; return: ReturnView }>
export type ReceiveReturnOutcome = ReceivedReturn | NotFound | ReceiptRefused | Refused<'stock-limit-exceeded'>
export type ReceiveReturn = (
  input: ReceiveReturnInput,
  storeResponse: StoreResponse<ReceivedReturn>,
) => Promise<ReceiveReturnOutcome>

/** Staff have counted the goods of a parcel that came back, or is lost: sellable pieces are on hand again. */
export const receiveReturn =
  ({ db, now, catalogCache }: Needs): ReceiveReturn =>
  async ({ order_id, counts, note, user_id }, storeResponse) =>
    await transaction(
      db,
      async (tx): Promise<ReceiveReturnOutcome> => {
        const items = await lockReturn(tx, order_id)
        if (!items) return notFound('return')
        const decision = decideReceipt(items, counts)
        if (decision.kind === 'refused') return decision
        if (decision.kind === 'received') {
          const changes = await saveReceipt(tx, { order_id, counts, note, user_id, at: now() })
          const stockEvents = await saveAvailability({ tx, catalogCache }, changes)
          await publish(tx, [returnReceived({ order_id, items: [...counts] }), ...stockEvents])
        }
        const received = await findReturn(tx, order_id)
        if (!received) throw new Error(`The return of order ${order_id} is missing in the transaction that received it`)
        const outcome = { kind: 'received', return: received } as const
        await storeResponse(tx, outcome)
        return outcome
      },
      { conflicts: { stock_on_hand: 'stock-limit-exceeded' } },
    )
