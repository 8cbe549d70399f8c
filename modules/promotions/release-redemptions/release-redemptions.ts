import { batched } from '#platform/db'
import { releaseRedemptions, returnUsesAfterRefund } from '../store/redemptions.ts'

/** Returns the uses of a cancelled order. The orders of a batch are one call. */
export const releaseRedemption = batched<string, void>(releaseRedemptions)

/** Returns the uses of a refunded order, of the promotions that say so. */
export const returnUsesOfRefunded = batched<string, void>(returnUsesAfterRefund)
