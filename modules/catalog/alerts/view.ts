import type { Alert } from './store/tables.ts'

export const alertViewOf = ({ variant_id, kind, price, created_at }: Alert) => ({
  variant_id,
  kind,
  price,
  created_at: created_at.toISOString(),
})
