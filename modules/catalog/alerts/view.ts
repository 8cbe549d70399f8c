import type { Alert } from './store.ts'

export const alertViewOf = ({ variant_id, kind, price, created_at }: Alert) => ({
  variant_id,
  kind,
  price,
  created_at: created_at.toISOString(),
})
