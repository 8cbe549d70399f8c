/** What a bundle is said to be made of. */
export type ComponentWish = Readonly<{ variant_id: string; quantity: number; substitute_ids?: readonly string[] }>

/** A variant that may become a component. */
export type Candidate = Readonly<{ id: string; kind: 'plain' | 'bundle'; price: number; currency: string }>

export type BundleRefused = Readonly<{
  kind: 'refused'
  because: 'empty-bundle' | 'component-twice' | 'unknown-component' | 'component-is-bundle' | 'mixed-currencies'
}>

export type Composed = Readonly<{ kind: 'composed'; sum: number }>

/** Decides whether these may be bound together, and what they cost in sum. Bundles of bundles are not made. */
export function compose(
  wishes: readonly ComponentWish[],
  candidates: readonly Candidate[],
  currency: string,
): Composed | BundleRefused {
  if (wishes.length === 0) return { kind: 'refused', because: 'empty-bundle' }
  const ids = wishes.map(({ variant_id }) => variant_id)
  if (new Set(ids).size < ids.length) return { kind: 'refused', because: 'component-twice' }
  const known = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  const named = [...ids, ...wishes.flatMap(({ substitute_ids = [] }) => substitute_ids)].map((id) => known.get(id))
  if (named.includes(undefined)) return { kind: 'refused', because: 'unknown-component' }
  if (named.some((each) => each?.kind === 'bundle')) return { kind: 'refused', because: 'component-is-bundle' }
  if (named.some((each) => each?.currency !== currency)) return { kind: 'refused', because: 'mixed-currencies' }
  const sum = wishes.reduce(
    (total, { variant_id, quantity }) => total + (known.get(variant_id)?.price ?? 0) * quantity,
    0,
  )
  return { kind: 'composed', sum }
}
