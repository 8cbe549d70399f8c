import type { Refused } from '#platform/outcome'
import { decideBundle, type BundleRefused, type Candidate, type DecidedBundle } from './bundle.ts'
import type { AddVariantBody, ChangeVariantBody, Pricing, VariantKind } from './variant-schema.ts'

/** The constraints that refuse a variant. A bundle gets dearer with its components, so its limit may refuse their price. */
export const variantConflicts = {
  variant_sku: 'sku-taken',
  variants_pkey: 'id-taken',
  variant_price: 'price-limit-exceeded',
  // The component was deleted a moment ago.
  bundle_components_component_id_fkey: 'unknown-component',
} as const

export type VariantConflict = (typeof variantConflicts)[keyof typeof variantConflicts]

export type VariantRefused = BundleRefused | Refused<'price-missing' | 'bad-compare-at-price'>

/** The price of a variant. */
export type DecidedPrice = Readonly<{ kind: 'priced'; price: number; pricing: Pricing }>

type PriceInput = Readonly<{ price?: number; compare_at_price?: number | null }>

/** A variant that may be added, with its kind and price. */
export type NewVariant = Readonly<{
  kind: 'decided'
  input: AddVariantBody
  variant: Readonly<{ kind: VariantKind; price: number; pricing: Pricing; currency: string }>
}>

/** Decides whether a variant may be added; `candidates` are the variants that it names as components or substitutes. */
export function decideNewVariant(input: AddVariantBody, candidates: readonly Candidate[]): NewVariant | VariantRefused {
  const { currency = 'RUB' } = input
  const bundle = input.components && decideBundle(input.components, candidates, currency)
  if (bundle?.kind === 'refused') return bundle
  const decided = decideNewPrice(input, bundle)
  if (decided.kind === 'refused') return decided
  const { price, pricing } = decided
  return { kind: 'decided', input, variant: { kind: bundle ? 'bundle' : 'plain', price, pricing, currency } }
}

/** Decides the variants of a new product. A bundle may contain an earlier variant of the same product. */
export function decideNewVariants(
  inputs: readonly AddVariantBody[],
  candidates: readonly Candidate[],
): Readonly<{ kind: 'decided'; variants: readonly NewVariant[] }> | VariantRefused {
  const variants: NewVariant[] = []
  for (const input of inputs) {
    const decided = decideNewVariant(input, [...candidates, ...variants.flatMap(candidateOf)])
    if (decided.kind === 'refused') return decided
    variants.push(decided)
  }
  return { kind: 'decided', variants }
}

const candidateOf = ({ input: { id }, variant }: NewVariant): Candidate[] =>
  id === undefined ? [] : [{ ...variant, id: id.toLowerCase() }]

/** `bundle` is undefined for a plain variant. */
function decideNewPrice(input: PriceInput, bundle: DecidedBundle | undefined): DecidedPrice | VariantRefused {
  const price = input.price ?? bundle?.sum
  if (price === undefined) return { kind: 'refused', reason: 'price-missing' }
  if (input.compare_at_price != null && input.compare_at_price <= price) {
    return { kind: 'refused', reason: 'bad-compare-at-price' }
  }
  return { kind: 'priced', price, pricing: input.price === undefined ? 'computed' : 'own' }
}

type PricedVariant = Readonly<{
  kind: VariantKind
  pricing: Pricing
  price: number
  compare_at_price: number | null
}>

/** Decides the price of a variant after a change; `sum` is that of its components. */
export function decideChangedPrice(
  variant: PricedVariant,
  change: ChangeVariantBody,
  sum: number,
): DecidedPrice | VariantRefused {
  const pricing = change.price === undefined ? variant.pricing : change.price === null ? 'computed' : 'own'
  if (pricing === 'computed' && variant.kind === 'plain') return { kind: 'refused', reason: 'price-missing' }
  const price = pricing === 'computed' ? sum : (change.price ?? variant.price)
  const compare_at_price = change.compare_at_price === undefined ? variant.compare_at_price : change.compare_at_price
  if (compare_at_price !== null && compare_at_price <= price) {
    return { kind: 'refused', reason: 'bad-compare-at-price' }
  }
  return { kind: 'priced', price, pricing }
}

/** The weight of a variant. That of a bundle without one is the sum over its components, which a trigger computes. */
export const weightOf = (kind: VariantKind, weight_grams: number | null | undefined) => ({
  weight_grams: weight_grams ?? 0,
  weighing: kind === 'bundle' && weight_grams == null ? ('computed' as const) : ('own' as const),
})

/** A variant of a hidden product stays hidden; it becomes active together with its product. */
export const visibilityOf = (is_active: boolean, isProductActive: boolean) => ({
  is_active: is_active && isProductActive,
  hidden_with_product: is_active && !isProductActive,
})
