import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { findRefund, updateContradicted } from '../store/refunds.ts'
import type { PaymentsDb, RefundRow } from '../store/tables.ts'

type ResolveContradictionInput = Readonly<{ refund_id: string; resolved_by: string | null; resolution: string }>
export type ResolveContradictionOutcome =
  | Readonly<{ kind: 'resolved'; refund: RefundRow }>
  | NotFound
  | Refused<'not-contradicted'>
export type ResolveContradiction = (input: ResolveContradictionInput) => Promise<ResolveContradictionOutcome>

type Needs = Readonly<{ db: PaymentsDb; now: Clock }>

/** Staff write down how they settled a refund that the provider refused and then made. The first resolution stays. */
export const resolveContradiction =
  ({ db, now }: Needs): ResolveContradiction =>
  async ({ refund_id, ...resolved }) =>
    await transaction(db, async (tx): Promise<ResolveContradictionOutcome> => {
      const found = await findRefund(tx, refund_id)
      if (!found) return notFound('refund')
      if (found.contradicted_at === null) return { kind: 'refused', reason: 'not-contradicted' }
      await updateContradicted(tx, refund_id, { ...resolved, at: now() })
      return { kind: 'resolved', refund: (await findRefund(tx, refund_id)) ?? found }
    })
