import type { Kysely, Transaction } from 'kysely'
import { Type, type Static } from 'typebox'
import { newId, type Localized } from '#platform/values'
import { type BundleRefused, compose, type ComponentInput } from './bundle.ts'
import { Amount, CurrencyCode, Id, Line, orNull, Pieces, Place } from './shapes.ts'
import type { CatalogTables } from './tables.ts'
import { inBoth, TextGiven } from './text.ts'

export const Components = Type.Array(
  Type.Object(
    {
      variant_id: Id,
      quantity: Type.Integer({ minimum: 1, maximum: 999 }),
      substitute_ids: Type.Optional(Type.Array(Id, { maxItems: 20, uniqueItems: true })),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 50 },
)

/** A variant as staff send it. With components it is a bundle; without a price a bundle costs what is in it. */
export const VariantFields = {
  id: Type.Optional(Id),
  sku: Type.Optional(Line(60)),
  title: Type.Optional(TextGiven(200)),
  price: Type.Optional(Amount),
  compare_at_price: Type.Optional(orNull(Amount)),
  currency: Type.Optional(CurrencyCode),
  weight_grams: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
  is_active: Type.Optional(Type.Boolean()),
  position: Type.Optional(Place),
  stock_quantity: Type.Optional(Pieces),
  stock_policy: Type.Optional(Type.Union([Type.Literal('track'), Type.Literal('untracked')])),
  components: Type.Optional(Components),
}
const VariantGiven = Type.Object(VariantFields, { additionalProperties: false })
export type VariantGiven = Static<typeof VariantGiven>

export type VariantRefused =
  | BundleRefused
  | Readonly<{ kind: 'refused'; reason: 'price-missing' | 'bad-compare-at-price' }>

type Kept = Readonly<{ product_id: string; sku: string; position: number; user_id: string | null; now: Date }>

/** Writes a new variant with its components or its stock. Refuses before anything is written. */
export async function keepVariant(
  tx: Transaction<CatalogTables>,
  given: VariantGiven,
  { product_id, sku, position, user_id, now }: Kept,
): Promise<Readonly<{ kind: 'kept'; id: string }> | VariantRefused> {
  const currency = given.currency ?? 'RUB'
  const composed = given.components
    ? compose(given.components, await candidates(tx, given.components), currency)
    : undefined
  if (composed?.kind === 'refused') return composed
  const price = given.price ?? composed?.sum
  if (price === undefined) return { kind: 'refused', reason: 'price-missing' }
  if (given.compare_at_price != null && given.compare_at_price <= price)
    return { kind: 'refused', reason: 'bad-compare-at-price' }
  const id = given.id ?? newId()
  await tx
    .insertInto('catalog.variants')
    .values({
      id,
      product_id,
      kind: composed ? 'bundle' : 'plain',
      sku: given.sku ?? sku,
      title: JSON.stringify(inBoth(given.title ?? '') satisfies Localized),
      pricing: given.price === undefined ? 'computed' : 'own',
      price,
      compare_at_price: given.compare_at_price ?? null,
      currency,
      weight_grams: given.weight_grams ?? 0,
      is_active: given.is_active ?? true,
      position: given.position ?? position,
    })
    .execute()
  if (given.components) await keepComponents(tx, id, given.components)
  else await openStock(tx, { variant_id: id, given, user_id, now })
  return { kind: 'kept', id }
}

/** What the named variants are, to decide on a bundle. */
export async function candidates(db: Kysely<CatalogTables>, inputs: readonly ComponentInput[]) {
  const ids = inputs.flatMap(({ variant_id, substitute_ids = [] }) => [variant_id, ...substitute_ids])
  return await db
    .selectFrom('catalog.variants')
    .select(['id', 'kind', 'price', 'currency'])
    .where('id', 'in', ids)
    .execute()
}

export async function keepComponents(
  tx: Transaction<CatalogTables>,
  bundle_id: string,
  inputs: readonly ComponentInput[],
): Promise<void> {
  await tx.deleteFrom('catalog.bundle_components').where('bundle_id', '=', bundle_id).execute()
  await tx
    .insertInto('catalog.bundle_components')
    .values(
      inputs.map(({ variant_id, quantity, substitute_ids = [] }, position) => ({
        bundle_id,
        component_id: variant_id,
        quantity,
        position,
        substitute_ids: [...substitute_ids],
      })),
    )
    .execute()
}

type Opening = Readonly<{ variant_id: string; given: VariantGiven; user_id: string | null; now: Date }>

async function openStock(tx: Transaction<CatalogTables>, { variant_id, given, user_id, now }: Opening): Promise<void> {
  const on_hand = given.stock_quantity ?? 0
  const policy = given.stock_policy ?? 'track'
  await tx.insertInto('catalog.stock').values({ variant_id, on_hand, policy }).execute()
  if (on_hand === 0) return
  await tx
    .insertInto('catalog.movements')
    .values({
      id: newId(),
      variant_id,
      kind: 'opening',
      delta: on_hand,
      reason: 'opening stock',
      order_id: null,
      user_id,
      moved_at: now,
    })
    .execute()
}
