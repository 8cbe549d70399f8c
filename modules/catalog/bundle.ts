/** What a bundle is said to be made of. */
export type ComponentInput = Readonly<{ variant_id: string; quantity: number; substitute_ids?: readonly string[] }>

/** A variant that may become a component. */
export type Candidate = Readonly<{ id: string; kind: 'plain' | 'bundle'; price: number; currency: string }>

export type BundleRefused = Readonly<{
  kind: 'refused'
  reason: 'empty-bundle' | 'component-twice' | 'unknown-component' | 'component-is-bundle' | 'mixed-currencies'
}>

export type Composed = Readonly<{ kind: 'composed'; sum: number }>

/** Decides whether these may be bound together, and what they cost in sum. Bundles of bundles are not made. */
export function compose(
  inputs: readonly ComponentInput[],
  candidates: readonly Candidate[],
  currency: string,
): Composed | BundleRefused {
  if (inputs.length === 0) return { kind: 'refused', reason: 'empty-bundle' }
  const ids = inputs.map(({ variant_id }) => variant_id)
  if (new Set(ids).size < ids.length) return { kind: 'refused', reason: 'component-twice' }
  const known = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  const named = [...ids, ...inputs.flatMap(({ substitute_ids = [] }) => substitute_ids)].map((id) => known.get(id))
  if (named.includes(undefined)) return { kind: 'refused', reason: 'unknown-component' }
  if (named.some((each) => each?.kind === 'bundle')) return { kind: 'refused', reason: 'component-is-bundle' }
  if (named.some((each) => each?.currency !== currency)) return { kind: 'refused', reason: 'mixed-currencies' }
  const sum = inputs.reduce(
    (total, { variant_id, quantity }) => total + (known.get(variant_id)?.price ?? 0) * quantity,
    0,
  )
  return { kind: 'composed', sum }
}
