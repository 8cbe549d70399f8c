import type { AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'
import { saveReturn } from '../store/returns.ts'

/** `is_due`: staff have received the goods, and a refund for them is due. */
type FollowedReturn = Readonly<{ return_id: string; order_id: string; is_due: boolean }>
export type FollowReturn = (tx: AnyTx, followed: FollowedReturn) => Promise<void>

/** Saves whether a refund is due for a return. A repeat changes nothing. */
export const followReturn =
  ({ now }: Readonly<{ now: Clock }>): FollowReturn =>
  async (tx, { return_id, order_id, is_due }) =>
    await saveReturn(tx, { return_id, subject_id: order_id, ended_at: is_due ? null : now() })
