import type { courierReportRejected } from '#delivery/events'
import type { AnyTx } from '#platform/db'
import { publish, type PayloadOf } from '#platform/events'
import type { Clock } from '#platform/values'
import { reportedEvents } from '../discrepancy.ts'
import { insertDiscrepancy } from '../store.ts'

type Rejected = Readonly<{ happened_at: Date; report: PayloadOf<typeof courierReportRejected> }>
export type RecordDiscrepancy = (tx: AnyTx, rejected: Rejected) => Promise<void>

/** Stores for staff that the shipment of a parcel has another end than its courier reports. */
export const recordDiscrepancy =
  ({ now }: Readonly<{ now: Clock }>): RecordDiscrepancy =>
  async (tx, { happened_at, report: { shipment_id: parcel_id, status: recorded, ...report } }) => {
    const times = { happened_at, created_at: now() }
    const discrepancy = { ...report, ...times, parcel_id, recorded, cash_collected: null, is_right_pin: null }
    await publish(tx, reportedEvents(await insertDiscrepancy(tx, discrepancy), discrepancy))
  }
