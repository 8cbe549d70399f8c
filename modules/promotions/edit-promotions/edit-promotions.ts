import type { Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { canonicalJson, newId, type Clock } from '#platform/values'
import { codeOf, refusalOfTerms, type Promotion } from '../promotion.ts'
import type { ChangePromotionBody, CreatePromotionBody } from '../schema.ts'
import type { ActivePromotions, PromotionRow, PromotionsDb, PromotionsTables } from '../store.ts'

type Needs = Readonly<{ db: PromotionsDb; now: Clock; active: ActivePromotions }>
type Tx = Transaction<PromotionsTables>

export type SavedPromotion = Readonly<{ kind: 'saved'; promotion: PromotionRow }>
type Wrong = NonNullable<ReturnType<typeof refusalOfTerms>>
export type CreatePromotionOutcome = SavedPromotion | Wrong | Refused<'id-taken' | 'code-taken'>
export type ChangePromotionOutcome = SavedPromotion | NotFound | Wrong | Refused<'code-taken' | 'limit-below-uses'>
export type DeletePromotionOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'has-uses'>

/** `user_id` is the member of staff; null for a program. */
type By = Readonly<{ user_id: string | null }>

type CreateInput = Readonly<{ body: CreatePromotionBody; operation_id: string }> & By
export type CreatePromotion = (
  input: CreateInput,
  storeResponse: StoreResponse<SavedPromotion>,
) => Promise<CreatePromotionOutcome>
type ChangeInput = Readonly<{ id: string; change: ChangePromotionBody }> & By
export type ChangePromotion = (input: ChangeInput) => Promise<ChangePromotionOutcome>
export type DeletePromotion = (id: string) => Promise<DeletePromotionOutcome>

type Terms = Omit<Promotion, 'id' | 'uses' | 'version'>

/** Idempotent by id: a repeated request returns the promotion that the first one created. */
export const createPromotion =
  ({ db, now, active }: Needs): CreatePromotion =>
  async ({ body: { id: chosen, ...body }, operation_id, user_id }, storeResponse) => {
    const id = (chosen ?? operation_id).toLowerCase()
    const terms = newTermsOf(body)
    const wrong = refusalOfTerms(terms)
    if (wrong) return wrong
    const at = now()
    const outcome = await transaction(
      db,
      async (tx): Promise<CreatePromotionOutcome> => {
        const row = { ...rowOf(terms), id, created_at: at, updated_at: at }
        const insert = tx.insertInto('promotions.promotions').values(row)
        const promotion = await insert
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returningAll()
          .executeTakeFirst()
        if (!promotion) {
          const existing = await lockPromotion(tx, id)
          const isSame = existing !== undefined && canonicalJson(termsOf(existing)) === canonicalJson(terms)
          return isSame ? { kind: 'saved', promotion: existing } : { kind: 'refused', reason: 'id-taken' }
        }
        await insertChange(tx, { promotion_id: id, user_id, before: null, after: terms, changed_at: at })
        const saved = { kind: 'saved', promotion } as const
        await storeResponse(tx, saved)
        return saved
      },
      { conflicts: { promotion_code: 'code-taken' } },
    )
    active.clear()
    return outcome
  }

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
        const after = { ...before, ...given(change) }
        const wrong = refusalOfTerms(after)
        if (wrong) return wrong
        const at = now()
        const promotion = await tx
          .updateTable('promotions.promotions')
          .set({ ...rowOf(after), version: row.version + 1, updated_at: at })
          .where('id', '=', row.id)
          .returningAll()
          .executeTakeFirstOrThrow()
        await insertChange(tx, { promotion_id: row.id, user_id, before, after, changed_at: at })
        return { kind: 'saved', promotion }
      },
      { conflicts: { promotion_code: 'code-taken', uses_within_limit: 'limit-below-uses' } },
    )
    active.clear()
    return outcome
  }

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

type TermsInBody = Omit<CreatePromotionBody, 'id'>

/** The limit of a promotion for first orders follows from it. */
const newTermsOf = (body: TermsInBody): Terms => ({
  code: null,
  percent: null,
  amount: null,
  currency: 'RUB',
  minimum_total: null,
  category_ids: [],
  first_order: false,
  combinable: true,
  max_uses: null,
  max_uses_per_buyer: body.first_order === true ? 1 : null,
  starts_at: null,
  ends_at: null,
  is_active: true,
  returns_use_on_refund: false,
  name: body.name,
  kind: body.kind,
  ...given(body),
})

/** The terms that a body names, as they are stored. */
const given = ({ code, starts_at, ends_at, category_ids, ...rest }: ChangePromotionBody) => ({
  ...rest,
  ...(code !== undefined && { code: code && codeOf(code) }),
  ...(starts_at !== undefined && { starts_at: starts_at === null ? null : new Date(starts_at) }),
  ...(ends_at !== undefined && { ends_at: ends_at === null ? null : new Date(ends_at) }),
  ...(category_ids !== undefined && {
    category_ids: [...new Set(category_ids.map((id) => id.toLowerCase()))].toSorted(),
  }),
})

const termsOf = (row: PromotionRow): Terms => {
  const { id: _id, uses: _uses, version: _version, created_at: _created, updated_at: _updated, ...terms } = row
  return terms
}

const rowOf = ({ name, category_ids, ...terms }: Terms) => ({
  ...terms,
  name: JSON.stringify(name),
  category_ids: [...category_ids],
})

type Change = By & Readonly<{ promotion_id: string; before: Terms | null; after: Terms; changed_at: Date }>

async function insertChange(tx: Tx, { before, after, ...change }: Change): Promise<void> {
  const row = { ...change, id: newId(), before: before && JSON.stringify(before), after: JSON.stringify(after) }
  await tx.insertInto('promotions.changes').values(row).execute()
}

const lockPromotion = (tx: Tx, id: string): Promise<PromotionRow | undefined> =>
  tx.selectFrom('promotions.promotions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
