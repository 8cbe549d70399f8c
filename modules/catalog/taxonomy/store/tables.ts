import type { Generated } from 'kysely'
import type { Localized } from '#platform/values'
import type { JsonColumn } from '../../store/json-column.ts'
import type { AttributeKind, AttributeOption, UiHint } from '../schema.ts'

export type TaxonomyTables = {
  'catalog.categories': {
    id: string
    parent_id: string | null
    slug: string
    name: JsonColumn<Localized>
    description: JsonColumn<Localized>
    image: string | null
    position: Generated<number>
  }
  'catalog.tags': { id: string; slug: string; name: JsonColumn<Localized> }
  'catalog.attributes': {
    code: string
    name: JsonColumn<Localized>
    kind: AttributeKind
    unit: JsonColumn<Localized | null> | null
    ui_hint: UiHint
    is_filter: Generated<boolean>
    position: Generated<number>
    values: JsonColumn<AttributeOption[]>
  }
  'catalog.types': { code: string; plural: string; name: JsonColumn<Localized> }
  'catalog.type_attributes': { type_code: string; attribute_code: string; position: Generated<number> }
}
