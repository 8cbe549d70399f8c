import { courierReportRejected } from '#delivery/events'
import { subscribe, type Subscription } from '#platform/events'
import type { RecordDiscrepancy } from './record-discrepancy.ts'

/** Handles `courier-report-rejected`. */
export const recordDiscrepancySubscription = ({
  recordDiscrepancy,
}: Readonly<{ recordDiscrepancy: RecordDiscrepancy }>): Subscription =>
  subscribe(courierReportRejected, (tx, { timestamp, payload }) =>
    recordDiscrepancy(tx, { happened_at: new Date(timestamp), report: payload }),
  )
