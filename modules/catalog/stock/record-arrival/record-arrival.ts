import type { AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'
import { saveArrival } from '../store/returns.ts'

export type RecordArrival = (tx: AnyTx, order_id: string) => Promise<void>

/** Records that the parcel of a return is in the shop: staff count its goods next. The stock does not change. */
export const recordArrival =
  ({ now }: Readonly<{ now: Clock }>): RecordArrival =>
  async (tx, order_id) =>
    await saveArrival(tx, { order_id, arrived_at: now() })
