import type { Kysely } from 'kysely'
import { listRequestedRefunds } from '../store/refunds.ts'
import type { PaymentsTables } from '../store/tables.ts'
import type { FinishRefund } from './finish-refund.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; finishRefund: FinishRefund }>

export type FinishRefunds = (signal: AbortSignal) => Promise<void>

/** Finishes refunds that a crash, a silent provider or a surplus left open. A refund that fails does not stop the others. */
export const finishRefunds =
  ({ db, finishRefund }: Needs): FinishRefunds =>
  async (signal) => {
    const errors: unknown[] = []
    for (const id of await listRequestedRefunds(db, 1000)) {
      if (signal.aborted) break
      await finishRefund(id).catch((error: unknown) => errors.push(error))
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} refunds are still open`)
  }
