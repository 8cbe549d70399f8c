import type { Localized } from '#platform/values'

/** What a buyer wants of one variant. `flower_id` is a product id: its first active variant by position is meant. */
export type Wanted = Readonly<{ variant_id: string; quantity: number } | { flower_id: string; quantity: number }>

/** A line whose stock is held, as it was sold at that moment. Price in minor units, weight in grams per piece. */
export type HeldLine = Readonly<{
  variant_id: string
  product_id: string
  sku: string
  title: Localized
  price: number
  weight_grams: number
  quantity: number
}>

export type HoldOutcome =
  | Readonly<{ kind: 'held'; lines: readonly HeldLine[]; total_amount: number; currency: string }>
  | Readonly<{ kind: 'refused'; reason: 'not-for-sale'; variant_ids: readonly string[] }>
  | Readonly<{ kind: 'refused'; reason: 'out-of-stock'; variant_ids: readonly string[] }>
  | Readonly<{ kind: 'refused'; reason: 'price-changed'; total_amount: number; currency: string }>
  | Readonly<{ kind: 'refused'; reason: 'mixed-currencies' }>
  | Readonly<{ kind: 'refused'; reason: 'order-closed' }>

export type HoldInput = Readonly<{
  order_id: string
  wants: readonly Wanted[]
  /** What the customer saw; another sum refuses with `price-changed`. */
  expected_total?: number | undefined
  /** When the hold frees itself, unless the order is paid or accepted before. */
  expires_at: Date
}>

/** What a shop window needs to know of a variant today. `available` is null where stock is not tracked. */
export type Offer = Readonly<{
  variant_id: string
  product_id: string
  slug: string
  title: Localized
  image: string | null
  price: number
  currency: string
  weight_grams: number
  available: number | null
}>

/** What other modules may ask the catalog. */
export type CatalogApi = Readonly<{
  /**
   * Holds all of the wish or nothing. Idempotent by order id: a repeat answers with the lines held the first time. A hold that
   * was released, ran out or was sold is not taken again: that is `order-over`, and another order needs another id.
   */
  hold: (input: HoldInput) => Promise<HoldOutcome>
  /** Active variants only; the unknown and inactive are simply missing. */
  offersOf: (variant_ids: readonly string[]) => Promise<readonly Offer[]>
}>
