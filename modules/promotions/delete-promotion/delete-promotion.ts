import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { ActivePromotions } from '../store/active-promotions.ts'
import type { PromotionsDb } from '../store/tables.ts'

type Needs = Readonly<{ db: PromotionsDb; active: ActivePromotions }>

export type DeletePromotionOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'has-uses'>
export type DeletePromotion = (id: string) => Promise<DeletePromotionOutcome>

/** Deletes a promotion that no order has used. Switch a used one off instead. */
export const deletePromotion =
  ({ db, active }: Needs): DeletePromotion =>
  async (id) => {
    const outcome = await transaction(
      db,
      async (tx): Promise<DeletePromotionOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('promotions.promotions').where('id', '=', id).executeTakeFirst()
        return numDeletedRows === 0n ? notFound('promotion') : { kind: 'deleted' }
      },
      { conflicts: { use_of_promotion: 'has-uses' } },
    )
    active.clear()
    return outcome
  }
