import type { Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { canonicalJson, newId, type Clock } from '#platform/values'
import type { DraftContent } from '../request-schema.ts'
import type { DraftRow, OrderingDb, OrderingTables } from '../store.ts'

/** `version`: the one that the caller has read; undefined for a new draft. `user_id`: who saves; null for a program. */
type SaveDraftInput = Readonly<{
  id: string
  content: DraftContent
  version?: string | undefined
  user_id: string | null
}>

type DraftPlaced = Refused<'draft-placed'> & Readonly<{ order_id: string }>
export type SaveDraftOutcome =
  | Readonly<{ kind: 'saved'; draft: DraftRow }>
  | NotFound
  | DraftPlaced
  | Refused<'draft-changed'>
export type SaveDraft = (input: SaveDraftInput) => Promise<SaveDraftOutcome>

type Needs = Readonly<{ db: OrderingDb; now: Clock }>

/** Creates a draft, or replaces its content. A repeat changes nothing. */
export const saveDraft =
  ({ db, now }: Needs): SaveDraft =>
  async ({ id, content, version, user_id }) =>
    await transaction(db, async (tx): Promise<SaveDraftOutcome> => {
      const at = now()
      const saved = { content: JSON.stringify(content), version: newId(), user_id, updated_at: at }
      const created = version === undefined && (await insertDraft(tx, { ...saved, id, created_at: at }))
      if (created) return { kind: 'saved', draft: created }
      const draft = await lockDraft(tx, id)
      if (!draft) return notFound('draft')
      if (canonicalJson(draft.content) === canonicalJson(content)) return { kind: 'saved', draft }
      const { order_id } = draft
      if (order_id !== null) return { kind: 'refused', reason: 'draft-placed', order_id }
      if (draft.version !== version?.toLowerCase()) return { kind: 'refused', reason: 'draft-changed' }
      const changed = tx.updateTable('ordering.drafts').set(saved).where('id', '=', id).returningAll()
      return { kind: 'saved', draft: await changed.executeTakeFirstOrThrow() }
    })

type Insertion = Pick<DraftRow, 'id' | 'version' | 'user_id' | 'created_at' | 'updated_at'> &
  Readonly<{ content: string }>

/** Undefined when the draft exists. */
const insertDraft = async (tx: Transaction<OrderingTables>, draft: Insertion): Promise<DraftRow | undefined> =>
  await tx
    .insertInto('ordering.drafts')
    .values({ ...draft, order_id: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst()

const lockDraft = async (tx: Transaction<OrderingTables>, id: string): Promise<DraftRow | undefined> =>
  await tx.selectFrom('ordering.drafts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
