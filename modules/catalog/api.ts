import type { UnitOfWork } from '#platform/outcome'
import type { Localized } from '#platform/values'

/** One line of an order that is placed. `flower_id` is a product id: it means the product's first active variant. */
export type HoldItem = Readonly<{ variant_id: string; quantity: number } | { flower_id: string; quantity: number }>

/** A line whose stock is held, with the price at that moment. Price in minor units, weight in grams a piece. */
export type HeldLine = Readonly<{
  variant_id: string
  product_id: string
  sku: string
  title: Localized
  price: number
  weight_grams: number
  quantity: number
  /** The stock that one piece of a bundle holds; absent for a variant with stock of its own. */
  components?: readonly Readonly<{ variant_id: string; quantity: number }>[]
}>

export type HoldOutcome =
  | Readonly<{ kind: 'held'; lines: readonly HeldLine[]; total_amount: number; currency: string }>
  | Readonly<{ kind: 'refused'; reason: 'not-for-sale'; variant_ids: readonly string[] }>
  | Readonly<{ kind: 'refused'; reason: 'out-of-stock'; variant_ids: readonly string[] }>
  | Readonly<{ kind: 'refused'; reason: 'price-changed'; total_amount: number; currency: string }>
  | Readonly<{ kind: 'refused'; reason: 'mixed-currencies' }>
  | Readonly<{ kind: 'refused'; reason: 'order-closed' }>
  | Readonly<{ kind: 'refused'; reason: 'id-taken' }>

export type HoldInput = Readonly<{
  order_id: string
  items: readonly HoldItem[]
  /** The total that the customer saw; another total refuses with `price-changed`. */
  expected_total?: number | undefined
  /** The hold expires at this moment unless the order is paid or accepted before. */
  expires_at: Date
}>

/** Up to when a hold is idle: it was held and last claimed before. A claim makes a hold expire later. */
export type IdleSince = Readonly<{ held_before: Date; expires_before: Date }>

/** A hold that no attempt to place its order has claimed lately. */
export type IdleHold = Readonly<{ order_id: string; expires_at: Date }>

/** A variant on sale today. `available` is null where stock is not tracked. */
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

/** The category of a product and those above it. */
export type ProductCategories = Readonly<{ product_id: string; category_ids: readonly string[] }>

/** The interface of the catalog to other modules. */
export type CatalogApi = Readonly<{
  /**
   * Holds all items or none. Idempotent by order id: a repeated call returns the lines of the first, and a call with other
   * items is refused with `id-taken`. A hold that was released, expired or sold is never held again: the call is refused
   * with `order-closed`, and a new order needs a new id.
   */
  hold: (input: HoldInput) => Promise<HoldOutcome>
  /**
   * Withdraws one call of `hold` for an order that was refused. With the last one the hold ends as if it had expired. From
   * another process it is not repeated, and may be lost: the hold then ends as an abandoned one.
   */
  withdrawHold: (order_id: string) => Promise<void>
  /** Gives back the goods that were held for an order that never began, however often they were held. */
  expireHold: (order_id: string) => Promise<void>
  /** The unpaid holds that are idle, in the sequence in which they expire, at most `limit` after the hold `after`. */
  listIdleHolds: (since: IdleSince, page: Readonly<{ after: IdleHold; limit: number }>) => Promise<readonly IdleHold[]>
  /** Expires those of the holds that are still idle, and returns their order ids. Publishes no event about the orders. */
  expireIdleHolds: (order_ids: readonly string[], since: IdleSince) => Promise<readonly string[]>
  /**
   * The active variants among `variant_ids`; unknown and inactive ones are left out. A caller inside a transaction passes it
   * as `over`, so that it does not wait for a second connection while it holds the first.
   */
  offersOf: (variant_ids: readonly string[], over?: UnitOfWork) => Promise<readonly Offer[]>
  /** The categories of products, with those above them. `over`: as in `offersOf`. */
  categoriesOf: (product_ids: readonly string[], over?: UnitOfWork) => Promise<readonly ProductCategories[]>
  /** True for a product of the catalog, hidden and archived ones included. */
  hasProduct: (id: string) => Promise<boolean>
  /** The reviews that a user has written, newest first, for the export of one's data. */
  exportReviews: (user_id: string) => Promise<readonly object[]>
  /** The subscriptions of a user to variants. */
  exportAlerts: (user_id: string) => Promise<readonly object[]>
}>

/** The functions that modules of other services call. */
export type RemoteCatalogApi = Pick<
  CatalogApi,
  | 'hold'
  | 'withdrawHold'
  | 'expireHold'
  | 'listIdleHolds'
  | 'expireIdleHolds'
  | 'offersOf'
  | 'exportReviews'
  | 'exportAlerts'
>
