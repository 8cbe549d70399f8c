import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { NotFound, Refused } from '#platform/outcome'

export type DeletionRefused = Refused<'ordered-before' | 'in-a-bundle'>

export type RemoveOutcome = Readonly<{ kind: 'removed' }> | NotFound | DeletionRefused

/** The refusal to delete these variants, if any. Locks their stock first, so that it waits for orders under way. */
export async function refuseDeletion(tx: AnyTx, variant_ids: readonly string[]): Promise<DeletionRefused | undefined> {
  await sql`select from catalog.stock where variant_id = any(${variant_ids}::uuid[]) order by variant_id for update`.execute(
    tx,
  )
  const { rows } = await sql<{ ordered: boolean; bundled: boolean }>`
    select exists (select from catalog.hold_items where variant_id = any(${variant_ids}::uuid[])) as ordered,
      exists (select from catalog.bundle_components c join catalog.variants b on b.id = c.bundle_id
        where c.component_id = any(${variant_ids}::uuid[]) and b.id <> all(${variant_ids}::uuid[])) as bundled`.execute(
    tx,
  )
  if (rows[0]?.ordered) return { kind: 'refused', reason: 'ordered-before' }
  if (rows[0]?.bundled) return { kind: 'refused', reason: 'in-a-bundle' }
  return undefined
}
