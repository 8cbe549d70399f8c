import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import { returnRequested } from '../../events.ts'
import { opens, type OrderAccess } from '../../order-access.ts'
import type { OrderingDb } from '../../store.ts'
import { decideRequest, returnableUntil, type RequestRefused } from '../return.ts'
import type { FoundReturn } from '../return-view.ts'
import type { ReturnItem } from '../schema.ts'
import { addToLines, insertEntry, listReturnableLines, lockSoldOrder, readReturn } from '../store/returns.ts'

type RequestReturnInput = Readonly<{
  /** The same for each attempt of a request. */
  id: string
  order_id: string
  access: OrderAccess
  items: readonly ReturnItem[]
  reason: string
  locale: Locale
}>

export type RequestedReturn = Readonly<{ kind: 'requested'; return: FoundReturn }>
export type RequestReturnOutcome = RequestedReturn | NotFound | RequestRefused | Refused<'id-taken'>
export type RequestReturn = (
  input: RequestReturnInput,
  storeResponse: StoreResponse<RequestedReturn>,
) => Promise<RequestReturnOutcome>

type Needs = Readonly<{ db: OrderingDb; now: Clock; returnWindowDays: number }>

/** A buyer asks to send goods back. Their pieces are counted at once, so that no other return has them. */
export const requestReturn =
  ({ db, now, returnWindowDays: window_days }: Needs): RequestReturn =>
  async ({ id, order_id, access, items, reason, locale }, storeResponse) =>
    await transaction(
      db,
      async (tx): Promise<RequestReturnOutcome> => {
        const order = await lockSoldOrder(tx, order_id)
        if (!order || !opens(access, order)) return notFound('order')
        const at = now()
        const lines = await listReturnableLines(tx, order_id, returnableUntil(order, window_days))
        const decision = decideRequest({ ...order, lines }, { items, window_days, now: at })
        if (decision.kind === 'refused') return decision
        await tx
          .insertInto('ordering.returns')
          .values({ id, order_id, reason, locale, created_at: at, updated_at: at })
          .execute()
        const returned = decision.lines.map(({ position, quantity }) => ({
          return_id: id,
          order_id,
          position,
          quantity,
        }))
        await tx.insertInto('ordering.return_lines').values(returned).execute()
        await addToLines(
          tx,
          order_id,
          returned.map(({ position, quantity }) => ({ position, quantity, amount: 0 })),
        )
        await insertEntry(tx, order_id, { event: 'return-requested', at })
        const requested = { kind: 'requested', return: await readReturn(tx, id) } as const
        await storeResponse(tx, requested)
        const goods = decision.lines.map(({ variant_id, quantity }) => ({ variant_id, quantity }))
        await publish(tx, [returnRequested({ order_id, return_id: id, items: goods })])
        return requested
      },
      { conflicts: { returns_pkey: 'id-taken' } },
    )
