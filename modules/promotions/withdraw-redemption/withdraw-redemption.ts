import { sql } from 'kysely'
import { transaction } from '#platform/db'
import type { PromotionsApi } from '../api.ts'
import { releaseRedemptions } from '../store/redemptions.ts'
import type { PromotionsDb } from '../store/tables.ts'

/** Withdraws one claim. The redemption ends with the last one, and its uses return. */
export const withdrawRedemption =
  (db: PromotionsDb): PromotionsApi['withdraw'] =>
  async (order_id) => {
    await transaction(db, async (tx) => {
      const { rows } = await sql<{ isLast: boolean }>`
        update promotions.redemptions set claims = greatest(claims - 1, 1)
        where order_id = ${order_id} and state = 'redeemed' returning old.claims = 1 as "isLast"
      `.execute(tx)
      if (rows[0]?.isLast) await releaseRedemptions(tx, [order_id])
    })
  }
