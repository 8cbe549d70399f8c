import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'
import { maxLines, maxPieces } from '../schema.ts'

/** The accounts `from` and `into` were merged, or are two again. */
type Merge = Readonly<{ merge_id: string; from: string; into: string }>
export type MoveLines = Readonly<Record<'merge' | 'revert', (tx: AnyTx, merge: Merge) => Promise<void>>>

/**
 * Adds the cart of a merged account to that of the survivor, by the rules by which a guest's cart is merged; or gives the
 * lines back that are still there. Each merge moves lines once, also when its reversal was handled first.
 */
export const moveLines = ({ now }: Readonly<{ now: Clock }>): MoveLines => ({
  merge: async (tx, { merge_id, from, into }) => {
    await sql`select cart.merge_account(${merge_id}, ${from}, ${into}, ${now()}, ${maxLines}, ${maxPieces})`.execute(tx)
  },
  revert: async (tx, { merge_id, from, into }) => {
    await sql`select cart.revert_merge(${merge_id}, ${from}, ${into}, ${now()})`.execute(tx)
  },
})
