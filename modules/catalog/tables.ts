import type { ColumnType, Generated } from 'kysely'
import type { HeldLine } from './api.ts'
import type { AttributeKind, AttributeValue, KnownValue, UiHint } from './attribute.ts'
import type { Localized } from '#platform/values'

/** jsonb: read as what it is, written as JSON text. */
type Json<Content> = ColumnType<Content, string, string>

type Categories = {
  id: string
  parent_id: string | null
  slug: string
  name: Json<Localized>
  description: Json<Localized>
  image: string | null
  position: Generated<number>
}

type Attributes = {
  code: string
  name: Json<Localized>
  kind: AttributeKind
  unit: Json<Localized | null> | null
  ui_hint: UiHint
  is_filter: Generated<boolean>
  position: Generated<number>
  values: Json<readonly KnownValue[]>
}

type Products = {
  id: string
  type_code: string
  category_id: string | null
  slug: string
  name: Json<Localized>
  description: Json<Localized>
  image: string | null
  attributes: Json<Readonly<Record<string, AttributeValue>>>
  is_active: boolean
  archived_at: Date | null
  created_at: Date
  updated_at: Date
}

type Variants = {
  id: string
  product_id: string
  kind: 'plain' | 'bundle'
  sku: string
  title: Json<Localized>
  pricing: Generated<'own' | 'computed'>
  price: number
  compare_at_price: number | null
  currency: string
  weight_grams: number
  is_active: boolean
  position: Generated<number>
}

type BundleComponents = {
  bundle_id: string
  component_id: string
  quantity: number
  position: Generated<number>
  substitute_ids: Generated<string[]>
}

type BrewProfiles = {
  id: string
  product_id: string
  position: Generated<number>
  method: string
  vessel: Json<Localized>
  leaf_grams: number
  water_ml: number
  temperature_c: number
  steep_seconds: number[]
  note: Json<Localized>
}

type Movements = {
  id: string
  variant_id: string
  kind: 'opening' | 'correction' | 'sale'
  delta: number
  reason: string
  order_id: string | null
  user_id: string | null
  moved_at: Date
}

type Holds = {
  order_id: string
  state: 'held' | 'firm' | 'released' | 'expired' | 'sold'
  expires_at: Date | null
  held_at: Date
  lines: Json<readonly HeldLine[]>
  total_amount: number
  currency: string
}

export type CatalogTables = {
  'catalog.categories': Categories
  'catalog.tags': { id: string; slug: string; name: Json<Localized> }
  'catalog.attributes': Attributes
  'catalog.types': { code: string; plural: string; name: Json<Localized> }
  'catalog.type_attributes': { type_code: string; attribute_code: string; position: Generated<number> }
  'catalog.products': Products
  'catalog.product_tags': { product_id: string; tag_id: string }
  'catalog.variants': Variants
  'catalog.bundle_components': BundleComponents
  'catalog.brew_profiles': BrewProfiles
  'catalog.stock': {
    variant_id: string
    on_hand: Generated<number>
    reserved: Generated<number>
    policy: 'track' | 'untracked'
  }
  'catalog.movements': Movements
  'catalog.holds': Holds
  'catalog.hold_items': { order_id: string; variant_id: string; ordered: number; reserved: number }
  'catalog.popularity': { product_id: string; sold: Generated<number> }
}
