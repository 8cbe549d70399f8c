import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { CartDb } from './store.ts'

/** The invariants of carts, for `posad check`. */
export const cartChecks = (db: CartDb): readonly Check[] => [
  {
    name: 'cart.only-active-variants',
    description: 'Every variant in a cart exists and is active (CAT-9).',
    violations: async () => {
      const { rows } = await sql<{ cart_id: string; variant_id: string }>`
        select item.cart_id, item.variant_id from cart.items item
        left join catalog.variants variant on variant.id = item.variant_id
        where variant.is_active is not true limit 100
      `.execute(db)
      return rows
    },
  },
]
