import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { ChangePromotionBody } from '../schema.ts'
import type { ActivePromotions } from '../store/active-promotions.ts'
import { insertChange, lockPromotion, updatePromotion } from '../store/promotions.ts'
import type { PromotionRow, PromotionsDb } from '../store/tables.ts'
import { changedTermsOf, refusalOfTerms, termsOf } from '../terms.ts'

type Needs = Readonly<{ db: PromotionsDb; now: Clock; active: ActivePromotions }>

/** `user_id` is the member of staff; null for a program. */
type ChangePromotionInput = Readonly<{ id: string; change: ChangePromotionBody; user_id: string | null }>
export type ChangePromotionOutcome =
  | Readonly<{ kind: 'changed'; promotion: PromotionRow }>
  | NotFound
  | NonNullable<ReturnType<typeof refusalOfTerms>>
  | Refused<'code-taken' | 'limit-below-uses'>
export type ChangePromotion = (input: ChangePromotionInput) => Promise<ChangePromotionOutcome>

/** Changes what later orders get. Orders keep the discounts that they have. */
export const changePromotion =
  ({ db, now, active }: Needs): ChangePromotion =>
  async ({ id, change, user_id }) => {
    const outcome = await transaction(
      db,
      async (tx): Promise<ChangePromotionOutcome> => {
        const row = await lockPromotion(tx, id)
        if (!row) return notFound('promotion')
        const before = termsOf(row)
        const after = changedTermsOf(before, change)
        const wrong = refusalOfTerms(after)
        if (wrong) return wrong
        const at = now()
        const changed = { id: row.id, version: row.version + 1, terms: after, now: at }
        const promotion = await updatePromotion(tx, changed)
        await insertChange(tx, { promotion_id: row.id, user_id, before, after, changed_at: at })
        return { kind: 'changed', promotion }
      },
      { conflicts: { promotion_code: 'code-taken', uses_within_limit: 'limit-below-uses' } },
    )
    active.clear()
    return outcome
  }
