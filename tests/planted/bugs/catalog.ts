import type { Bug } from '../bug.ts'

const catalog = (file: string) => `modules/catalog/${file}`

/** Stock. */
export const inCatalog: readonly Bug[] = [
  {
    what: 'the last free piece cannot be bought',
    requirement: 'CAT-13',
    file: catalog('stock/hold.ts'),
    text: 'reserved > (free.get(variant_id) ?? Infinity)',
    instead: 'reserved >= (free.get(variant_id) ?? Infinity)',
    caughtBy: catalog('stock/hold.test.ts'),
  },
  {
    what: 'a bundle takes one piece of each component, however many are in it',
    requirement: 'CAT-13',
    file: catalog('stock/hold.ts'),
    text: 'per_bundle * quantity',
    instead: 'quantity',
    caughtBy: catalog('stock/hold.test.ts'),
  },
  {
    what: 'two lines of the same variant count as the last one',
    requirement: 'CAT-13',
    file: catalog('stock/hold.ts'),
    text: 'quantity: quantity + (ordered.get(variant_id)?.quantity ?? 0)',
    instead: 'quantity',
    caughtBy: catalog('stock/hold.test.ts'),
  },
  {
    what: 'a customer pays a total that she has not seen',
    requirement: 'ORD-1',
    file: catalog('stock/hold.ts'),
    text: 'input.expected_total !== total_amount',
    instead: 'input.expected_total > total_amount',
    caughtBy: catalog('stock/hold-stock/hold-stock.test.ts'),
  },
  {
    what: 'half a bundle is for sale',
    requirement: 'CAT-7',
    file: catalog('stock/stock-level.ts'),
    text: 'Math.floor(free / per_bundle)',
    instead: 'Math.ceil(free / per_bundle)',
    caughtBy: catalog('stock/hold.test.ts'),
  },
  {
    what: 'a correction takes away pieces that are held for an order',
    requirement: 'CAT-15',
    file: catalog('stock/correct-stock/correct-stock.ts'),
    text: '::int between s.reserved and',
    instead: '::int between 0 and',
    caughtBy: catalog('stock/correct-stock/correct-stock.test.ts'),
  },
  {
    what: 'holds expire the moment they are made',
    requirement: 'CAT-14',
    file: catalog('stock/expire-holds/expire-holds.ts'),
    text: 'expires_at <= ${now()}',
    instead: 'expires_at >= ${now()}',
    caughtBy: catalog('stock/holds.test.ts'),
  },
  {
    what: 'two buyers who read the same free piece both get it',
    requirement: 'CAT-13',
    file: catalog('stock/hold-stock/hold-stock.ts'),
    text: 'if (short.length > 0) {',
    instead: 'if (short.length > input.items.length) {',
    caughtBy: catalog('stock/hold-stock/hold-stock.test.ts'),
  },
]
