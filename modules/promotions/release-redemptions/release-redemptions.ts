import { batched, type AnyTx } from '#platform/db'
import { releaseRedemptions, returnUses } from '../store.ts'

/** Returns the uses of a cancelled order. The orders of a batch are one call. */
export const releaseRedemption = batched<string, void>(releaseRedemptions)

/** Returns the uses of a refunded order, of the promotions that say so. */
export const returnUsesAfterRefund = batched<string, void>(
  async (tx: AnyTx, order_ids) => await returnUses(tx, { order_ids, which: 'after-refund' }),
)
