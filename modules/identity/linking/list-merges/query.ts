import type { Clock } from '#platform/values'
import type { IdentityDb } from '../../store/tables.ts'
import { maskedIdentityOf } from '../link-view.ts'
import type { MergesView } from '../schema.ts'
import { listMerges as listRows } from '../store/merges.ts'

export type ListMerges = (user_id: string) => Promise<MergesView>

/** Lists the merges into an account that can be reverted, newest first, a hundred at most. */
export const listMerges =
  ({ db, now }: Readonly<{ db: IdentityDb; now: Clock }>): ListMerges =>
  async (user_id) => {
    const rows = await listRows(db, user_id, now())
    const merges = rows.map(({ identities, merged_at, revertible_until, ...merge }) => ({
      ...merge,
      identities: identities.map(maskedIdentityOf),
      merged_at: merged_at.toISOString(),
      revertible_until: revertible_until.toISOString(),
    }))
    return { merges }
  }
