import type { Refused } from '#platform/outcome'
import { codeOf, type Promotion } from './promotion.ts'
import type { ChangePromotionBody, CreatePromotionBody } from './schema.ts'

/** The part of a promotion that staff decide. */
export type Terms = Omit<Promotion, 'id' | 'uses' | 'version'>

/** Refuses terms that the schema cannot check. */
export function refusalOfTerms(
  terms: Terms,
): Refused<'wrong-benefit' | 'ends-before-it-starts' | 'first-order-counts-once'> | undefined {
  const isRight =
    (terms.kind === 'percentage') === (terms.percent !== null) &&
    (terms.kind === 'fixed_amount') === (terms.amount !== null)
  if (!isRight) return { kind: 'refused', reason: 'wrong-benefit' }
  const { starts_at, ends_at } = terms
  if (starts_at !== null && ends_at !== null && starts_at >= ends_at) {
    return { kind: 'refused', reason: 'ends-before-it-starts' }
  }
  if (terms.first_order && terms.max_uses_per_buyer !== 1) {
    return { kind: 'refused', reason: 'first-order-counts-once' }
  }
  return undefined
}

/** The terms of a new promotion. The limit per buyer of a promotion for first orders follows from it. */
export const newTermsOf = (body: Omit<CreatePromotionBody, 'id'>): Terms => ({
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

/** The terms after a change by staff. */
export const changedTermsOf = (before: Terms, change: ChangePromotionBody): Terms => ({ ...before, ...given(change) })

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

type Stored = Promotion & Readonly<{ created_at: Date; updated_at: Date }>

export const termsOf = ({
  id: _id,
  uses: _uses,
  version: _version,
  created_at: _created,
  updated_at: _updated,
  ...terms
}: Stored): Terms => terms
