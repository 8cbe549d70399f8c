import type { Promotion } from './promotion.ts'
import type { PromotionView } from './schema.ts'

type Shown = Promotion & Readonly<{ created_at: Date; updated_at: Date }>

/** A promotion as staff see it. */
export function promotionViewOf({ version: _, ...promotion }: Shown): PromotionView {
  const { starts_at, ends_at, created_at, updated_at, category_ids } = promotion
  return {
    ...promotion,
    category_ids: [...category_ids],
    starts_at: starts_at && starts_at.toISOString(),
    ends_at: ends_at && ends_at.toISOString(),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }
}
