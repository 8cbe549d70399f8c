import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { answer, type Answer } from '#platform/http'

export type Removing =
  | Readonly<{ kind: 'removed' }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{ kind: 'refused'; reason: 'ordered-before' | 'in-a-bundle' }>

export const removeAnswers = {
  'ordered-before': answer(409, 'It has been ordered: archive it instead', 'Это уже заказывали: уберите в архив'),
  'in-a-bundle': answer(409, 'A bundle is made of it', 'Из этого составлен набор'),
} satisfies Record<Extract<Removing, { kind: 'refused' }>['reason'], Answer>

/** Why these variants cannot be deleted. Their stock is locked first: an order under way is waited for and seen. */
export async function whyKept(
  tx: AnyTx,
  variant_ids: readonly string[],
): Promise<Extract<Removing, { kind: 'refused' }> | undefined> {
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
