import { isRefusal } from '#platform/outcome'
import { momentOf } from '#platform/values'
import type { StepReport } from '../schema.ts'
import type { Step, StepRefusal, TakeStep } from '../steps.ts'
import type { NamedParcel } from '../store.ts'

type ReportResult = Readonly<{ id: string }> &
  (
    | Readonly<{ kind: 'taken'; parcel: NamedParcel }>
    | Readonly<{ kind: 'refused'; reason: StepRefusal | 'not-found' | 'reason-missing' | 'wrong-time' }>
  )
export type ReportSteps = (
  input: Readonly<{ courier_id: string; reports: readonly StepReport[] }>,
) => Promise<readonly ReportResult[]>

/**
 * Takes the steps that a courier made without a network, in the order of their times, each in its own transaction. A refused step
 * does not stop the others. The results have the order of the reports.
 */
export const reportSteps =
  ({ takeStep }: Readonly<{ takeStep: TakeStep }>): ReportSteps =>
  async ({ courier_id, reports }) => {
    const results = new Map<StepReport, ReportResult>()
    const inOrder = reports.toSorted((one, other) => timeOf(one) - timeOf(other))
    for (const report of inOrder) results.set(report, await take({ takeStep, courier_id, report }))
    return reports.map((report) => results.get(report)!)
  }

const timeOf = ({ at }: StepReport): number => momentOf(at)?.getTime() ?? 0

type TakeNeeds = Readonly<{ takeStep: TakeStep; courier_id: string; report: StepReport }>

async function take({ takeStep, courier_id, report }: TakeNeeds): Promise<ReportResult> {
  const { id, parcel_id } = report
  const at = momentOf(report.at)
  if (!at) return { id, kind: 'refused', reason: 'wrong-time' }
  const step = stepOf(report)
  if (!step) return { id, kind: 'refused', reason: 'reason-missing' }
  const outcome = await takeStep({ ...step, id: parcel_id.toLowerCase(), courier_id, report: { id, at } })
  if (!isRefusal(outcome)) return { id, ...outcome }
  return { id, kind: 'refused', reason: outcome.kind === 'not-found' ? 'not-found' : outcome.reason }
}

function stepOf({ step, pin, cash_collected, reason }: StepReport): Step | undefined {
  if (step === 'deliver') return { step, pin, cash_collected }
  if (step === 'fail') return reason && { step, reason }
  return { step }
}
