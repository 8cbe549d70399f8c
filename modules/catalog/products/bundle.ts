import type { Refused } from '#platform/outcome'
import type { VariantKind } from './variant-schema.ts'

/** A component as staff send it. */
export type ComponentInput = Readonly<{ variant_id: string; quantity: number; substitute_ids?: readonly string[] }>

/** A variant that staff name as a component. */
export type Candidate = Readonly<{ id: string; kind: VariantKind; price: number; currency: string }>

export type BundleRefused = Refused<
  'empty-bundle' | 'component-twice' | 'unknown-component' | 'component-is-bundle' | 'mixed-currencies'
>

/** A bundle that may exist, and the sum over its components. */
export type DecidedBundle = Readonly<{ kind: 'decided'; sum: number }>

/** Decides whether these components may form a bundle. A bundle contains no bundles. */
export function decideBundle(
  inputs: readonly ComponentInput[],
  candidates: readonly Candidate[],
  currency: string,
): DecidedBundle | BundleRefused {
  if (inputs.length === 0) return { kind: 'refused', reason: 'empty-bundle' }
  const ids = inputs.map(({ variant_id }) => variant_id)
  if (new Set(ids).size < ids.length) return { kind: 'refused', reason: 'component-twice' }
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  const named = [...ids, ...inputs.flatMap(({ substitute_ids = [] }) => substitute_ids)].map((id) => byId.get(id))
  if (named.includes(undefined)) return { kind: 'refused', reason: 'unknown-component' }
  if (named.some((each) => each?.kind === 'bundle')) return { kind: 'refused', reason: 'component-is-bundle' }
  if (named.some((each) => each?.currency !== currency)) return { kind: 'refused', reason: 'mixed-currencies' }
  const sum = inputs.reduce(
    (total, { variant_id, quantity }) => total + (byId.get(variant_id)?.price ?? 0) * quantity,
    0,
  )
  return { kind: 'decided', sum }
}
