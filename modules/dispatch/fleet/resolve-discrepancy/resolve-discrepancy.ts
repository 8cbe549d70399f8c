import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { findDiscrepancy, type Discrepancy, type FleetDb } from '../store.ts'

type ResolveDiscrepancyInput = Readonly<{ id: string; resolved_by: string | null; resolution: string }>
type ResolveDiscrepancyOutcome = Readonly<{ kind: 'resolved'; discrepancy: Discrepancy }> | NotFound
export type ResolveDiscrepancy = (input: ResolveDiscrepancyInput) => Promise<ResolveDiscrepancyOutcome>

/** Staff write down how they settled a discrepancy. The first resolution stays. */
export const resolveDiscrepancy =
  ({ db, now }: Readonly<{ db: FleetDb; now: Clock }>): ResolveDiscrepancy =>
  async ({ id, resolved_by, resolution }) => {
    await sql`
      update dispatch.discrepancies set resolved_at = ${now()}, resolved_by = ${resolved_by}, resolution = ${resolution}
      where id = ${id} and resolved_at is null`.execute(db)
    const discrepancy = await findDiscrepancy(db, id)
    return discrepancy ? { kind: 'resolved', discrepancy } : notFound('discrepancy')
  }
