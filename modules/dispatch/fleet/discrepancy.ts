import type { NewEvent } from '#platform/events'
import { discrepancyReported } from '../events.ts'
import type { ReportedStatus } from './discrepancy-schema.ts'
import { isOpen } from './parcel.ts'
import type { NewDiscrepancy, ParcelRow } from './store.ts'

type ReportedStep = Readonly<{ step: string; courier_id: string; isLate: boolean }>

/** Where a step leaves the goods; the other steps do not move them. */
const claims: Readonly<Record<string, ReportedStatus>> = {
  'pick-up': 'picked_up',
  deliver: 'delivered',
  fail: 'failed',
  return: 'returned',
}

/**
 * The status that a refused step of a courier claims for a parcel that was his and is over, or that another courier has; undefined
 * when the refusal settles it. A second report of a step that the courier took claims nothing new. A courier who is refused at the
 * counter of the shop leaves the goods there, so that a pick-up counts only when it is reported late.
 */
export function claimedStatusOf(
  parcel: Pick<ParcelRow, 'courier_id' | 'status' | 'timeline'>,
  { step, courier_id, isLate }: ReportedStep,
): ReportedStatus | undefined {
  const claimed = claims[step]
  if (!claimed || (step === 'pick-up' && !isLate)) return undefined
  const wasHis = (status: string) => parcel.timeline.some((entry) => isEntryOf(entry, { status, courier_id }))
  if (parcel.courier_id !== courier_id) return wasHis('accepted') ? claimed : undefined
  return isOpen(parcel) || wasHis(claimed) ? undefined : claimed
}

const isEntryOf = (entry: object, { status, courier_id }: Readonly<{ status: string; courier_id: string }>): boolean =>
  'status' in entry && entry.status === status && 'courier_id' in entry && entry.courier_id === courier_id

/** The event of a stored discrepancy; none when its `id` is undefined, because staff know it. */
export const reportedEvents = (id: string | undefined, discrepancy: NewDiscrepancy): NewEvent[] => {
  if (id === undefined) return []
  const { parcel_id, order_id, courier_id, reported, recorded } = discrepancy
  return [discrepancyReported({ discrepancy_id: id, parcel_id, order_id, courier_id, reported, recorded })]
}
