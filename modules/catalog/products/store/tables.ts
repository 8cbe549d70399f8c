import type { Generated } from 'kysely'
import type { Localized } from '#platform/values'
import type { JsonColumn } from '../../store/json-column.ts'
import type { SavedImage } from '../schema.ts'
import type { AttributeValues } from '../../taxonomy/schema.ts'
import type { Pricing, VariantKind } from '../variant-schema.ts'
import type { ProductColumns } from '../schema.ts'

export type ProductTables = {
  'catalog.products': ProductColumns & {
    id: string
    type_code: string
    name: JsonColumn<Localized>
    description: JsonColumn<Localized>
    attributes: JsonColumn<AttributeValues>
    images: Generated<JsonColumn<readonly SavedImage[]>>
    images_revision: Generated<number>
    is_active: boolean
    archived_at: Date | null
    created_at: Date
    updated_at: Date
  }
  'catalog.product_tags': { product_id: string; tag_id: string }
  'catalog.variants': {
    id: string
    product_id: string
    kind: VariantKind
    sku: string
    title: JsonColumn<Localized>
    pricing: Generated<Pricing>
    price: number
    compare_at_price: number | null
    currency: string
    weighing: Generated<Pricing>
    weight_grams: number
    is_active: boolean
    hidden_with_product: Generated<boolean>
    position: Generated<number>
  }
  'catalog.bundle_components': {
    bundle_id: string
    component_id: string
    quantity: number
    position: Generated<number>
    substitute_ids: Generated<string[]>
  }
  'catalog.brew_profiles': {
    id: string
    product_id: string
    position: Generated<number>
    method: string
    vessel: JsonColumn<Localized>
    leaf_grams: number
    water_ml: number
    temperature_c: number
    steep_seconds: number[]
    note: JsonColumn<Localized>
  }
}
