import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { canonicalJson } from '#platform/values'
import type { StepRefusal, TakeStepInput } from '../steps.ts'

/** `new`: this transaction has recorded the report. Otherwise an earlier one has, with this refusal or none. */
type Recorded = Readonly<{ kind: 'new' } | { kind: 'repeat'; refusal: StepRefusal | null } | { kind: 'differs' }>

/** Records a report of a courier. Of two transactions with one id the second waits for the first. */
export async function recordReport(tx: AnyTx, input: TakeStepInput, received_at: Date): Promise<Recorded> {
  const { report, courier_id } = input
  if (!report) return { kind: 'new' }
  const content = contentOf(input)
  const { rows: added } = await sql`
    insert into dispatch.courier_reports (courier_id, id, content, received_at)
    values (${courier_id}, ${report.id}, ${content}::jsonb, ${received_at})
    on conflict do nothing returning 1`.execute(tx)
  if (added.length > 0) return { kind: 'new' }
  const { rows } = await sql<{ same: boolean; refusal: StepRefusal | null }>`
    select content = ${content}::jsonb as same, refusal from dispatch.courier_reports
    where courier_id = ${courier_id} and id = ${report.id}`.execute(tx)
  return rows[0]?.same ? { kind: 'repeat', refusal: rows[0].refusal } : { kind: 'differs' }
}

/** Stores the refusal of a report, so that its repeat gets the same one and counts no further attempt. */
export async function saveRefusal(
  tx: AnyTx,
  { report, courier_id }: TakeStepInput,
  refusal: StepRefusal,
): Promise<void> {
  if (!report) return
  await sql`
    update dispatch.courier_reports set refusal = ${refusal}
    where courier_id = ${courier_id} and id = ${report.id}`.execute(tx)
}

/** The report without its id. */
const contentOf = ({ report, courier_id: _, ...step }: TakeStepInput): string =>
  canonicalJson({ ...step, at: report?.at.toISOString() })
