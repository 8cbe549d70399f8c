import type { Refused } from '#platform/outcome'

/** Uses of variants that forbid to delete them. */
export type VariantUses = Readonly<{ is_ordered: boolean; is_in_bundle: boolean }>

export type DeletionRefused = Refused<'ordered-before' | 'in-a-bundle'>

/** The refusal to delete variants with these uses; undefined when they may be deleted. */
export function deletionRefusalOf({ is_ordered, is_in_bundle }: VariantUses): DeletionRefused | undefined {
  if (is_ordered) return { kind: 'refused', reason: 'ordered-before' }
  if (is_in_bundle) return { kind: 'refused', reason: 'in-a-bundle' }
  return undefined
}

/** A bundle that was made a moment ago contains the variant. */
export const deletionConflicts = { bundle_components_component_id_fkey: 'in-a-bundle' } as const
