import type { NewEvent } from '#platform/events'
import { discrepancyReported } from '../events.ts'
import type { ReportedStatus } from './discrepancy-schema.ts'
import type { NewDiscrepancy, ParcelRow } from './store.ts'

type ReportedStep = Readonly<{ step: string; courier_id: string; isLate: boolean }>

/**
 * The status that a refused step of a courier claims for a parcel that was his; undefined when the refusal settles it. A courier
 * who is refused at the counter of the shop leaves the goods there, so that a pick-up counts only when it is reported late.
 */
export function claimedStatusOf(
  parcel: Pick<ParcelRow, 'courier_id' | 'status' | 'timeline'>,
  { step, courier_id, isLate }: ReportedStep,
): ReportedStatus | undefined {
  const isHis = parcel.courier_id === courier_id
  if (!isHis && !hasAccepted(parcel, courier_id)) return undefined
  const { status } = parcel
  if (step === 'pick-up' && isLate) return !isHis || status === 'cancelled' ? 'picked_up' : undefined
  const isOver = status === 'cancelled' || status === 'failed' || status === 'returned'
  return step === 'deliver' && (!isHis || isOver) ? 'delivered' : undefined
}

const hasAccepted = ({ timeline }: Pick<ParcelRow, 'timeline'>, courier_id: string): boolean =>
  timeline.some((entry) => 'courier_id' in entry && entry.courier_id === courier_id && isAccepted(entry))

const isAccepted = (entry: object): boolean => 'status' in entry && entry.status === 'accepted'

/** The event of a stored discrepancy; none when its `id` is undefined, because staff know it. */
export const reportedEvents = (id: string | undefined, discrepancy: NewDiscrepancy): NewEvent[] => {
  if (id === undefined) return []
  const { parcel_id, order_id, courier_id, reported, recorded } = discrepancy
  return [discrepancyReported({ discrepancy_id: id, parcel_id, order_id, courier_id, reported, recorded })]
}
