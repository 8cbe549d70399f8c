import { after, hours, minutes, type Clock } from '#platform/values'
import type { SettlePayment } from '../settlement.ts'
import { unsettledPaymentsAfter } from '../store/payments.ts'
import type { PaymentsDb } from '../store/tables.ts'
import { scanRows } from '../store/scan.ts'

type Needs = Readonly<{ db: PaymentsDb; now: Clock; settlePayment: SettlePayment }>

export type RefreshOpenPayments = (signal: AbortSignal) => Promise<void>

/**
 * Reads all payments at their provider, newest first: those that have been open for a minute, and those that failed within
 * the hour. Webhooks get lost, and banks take money late. Throws at the end when the provider did not answer, or reports
 * another amount or currency.
 */
export const refreshOpenPayments = ({ db, now, settlePayment }: Needs): RefreshOpenPayments => {
  const scan = scanRows()
  return async (signal) => {
    const at = now()
    const ages = { createdBefore: after(at, -minutes(1)), failedAfter: after(at, -hours(1)) }
    const pageAfter = unsettledPaymentsAfter(db, ages)
    const errors = await scan({ pageAfter, each: (id) => refresh(settlePayment, id), signal })
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} payments could not be refreshed`)
  }
}

async function refresh(settlePayment: SettlePayment, id: string): Promise<void> {
  const outcome = await settlePayment(id)
  if (outcome.kind === 'refused')
    throw new Error(
      `The payment ${id} is refused (${outcome.reason}): compare it with the charge at its provider by hand`,
    )
}
