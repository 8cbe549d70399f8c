import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import { canonicalJson, type Clock } from '#platform/values'
import type { CreatePromotionBody } from '../schema.ts'
import type { ActivePromotions } from '../store/active-promotions.ts'
import { insertChange, insertPromotion, lockPromotion } from '../store/promotions.ts'
import type { PromotionRow, PromotionsDb } from '../store/tables.ts'
import { newTermsOf, refusalOfTerms, termsOf, type Terms } from '../terms.ts'

type Needs = Readonly<{ db: PromotionsDb; now: Clock; active: ActivePromotions }>

/** `user_id` is the member of staff; null for a program. */
type CreatePromotionInput = Readonly<{ body: CreatePromotionBody; operation_id: string; user_id: string | null }>
export type CreatedPromotion = Readonly<{ kind: 'created'; promotion: PromotionRow }>
export type CreatePromotionOutcome =
  | CreatedPromotion
  | NonNullable<ReturnType<typeof refusalOfTerms>>
  | Refused<'id-taken' | 'code-taken'>
export type CreatePromotion = (
  input: CreatePromotionInput,
  storeResponse: StoreResponse<CreatedPromotion>,
) => Promise<CreatePromotionOutcome>

/** Idempotent by id: a repeated request returns the promotion that the first one created. */
export const createPromotion =
  ({ db, now, active }: Needs): CreatePromotion =>
  async ({ body: { id: chosen, ...body }, operation_id, user_id }, storeResponse) => {
    const id = (chosen ?? operation_id).toLowerCase()
    const terms = newTermsOf(body)
    const wrong = refusalOfTerms(terms)
    if (wrong) return wrong
    const outcome = await transaction(
      db,
      async (tx): Promise<CreatePromotionOutcome> => {
        const at = now()
        const promotion = await insertPromotion(tx, { id, terms, now: at })
        if (!promotion) return repeatedOutcome(await lockPromotion(tx, id), terms)
        await insertChange(tx, { promotion_id: id, user_id, before: null, after: terms, changed_at: at })
        const created = { kind: 'created', promotion } as const
        await storeResponse(tx, created)
        return created
      },
      { conflicts: { promotion_code: 'code-taken' } },
    )
    active.clear()
    return outcome
  }

const repeatedOutcome = (existing: PromotionRow | undefined, terms: Terms): CreatePromotionOutcome =>
  existing && canonicalJson(termsOf(existing)) === canonicalJson(terms)
    ? { kind: 'created', promotion: existing }
    : { kind: 'refused', reason: 'id-taken' }
