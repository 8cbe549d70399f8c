import type { ColumnType, Generated, Kysely, Selectable, Transaction } from 'kysely'
import type { Localized } from '#platform/values'
import type { Quote } from '../api.ts'
import type { PromotionKind } from '../schema.ts'

/** Goes in as JSON text and comes out parsed. */
type Json<Value> = ColumnType<Value, string, string>
type JsonOrNull<Value> = ColumnType<Value | null, string | null, string | null>

type Promotions = {
  id: string
  code: string | null
  name: Json<Localized>
  kind: PromotionKind
  percent: number | null
  amount: number | null
  currency: string
  minimum_total: number | null
  category_ids: string[]
  first_order: boolean
  combinable: boolean
  max_uses: number | null
  max_uses_per_buyer: number | null
  starts_at: Date | null
  ends_at: Date | null
  is_active: boolean
  returns_use_on_refund: boolean
  uses: Generated<number>
  version: Generated<number>
  created_at: Date
  updated_at: Date
}

type Changes = {
  id: string
  promotion_id: string
  user_id: string | null
  before: JsonOrNull<Record<string, unknown>>
  after: Json<Record<string, unknown>>
  changed_at: Date
}

type Redemptions = {
  order_id: string
  /** `redeemed`: its uses count. `released`: the order was cancelled, or never placed. */
  state: 'redeemed' | 'released'
  is_confirmed: boolean
  claims: number
  input_hash: Buffer
  buyer_keys: string[]
  price: Json<Quote>
  redeemed_at: Date
}

type Uses = { order_id: string; promotion_id: string; discount_amount: number; is_returned: boolean }

type BuyerUses = { promotion_id: string; buyer_key: string; uses: number; max_uses: number | null }

type FirstOrders = { buyer_key: string; order_id: string }

type PromotionsTables = {
  'promotions.promotions': Promotions
  'promotions.changes': Changes
  'promotions.redemptions': Redemptions
  'promotions.uses': Uses
  'promotions.buyer_uses': BuyerUses
  'promotions.first_orders': FirstOrders
}

export type PromotionsDb = Kysely<PromotionsTables>
export type PromotionsTx = Transaction<PromotionsTables>
export type PromotionRow = Selectable<Promotions>
