import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { ChangeFaqBody, CreateFaqBody } from '../schema.ts'
import type { FaqRow, SupportDb } from '../store.ts'

type Needs = Readonly<{ db: SupportDb; now: Clock }>

export type SavedFaq = Readonly<{ kind: 'saved'; entry: FaqRow }>
export type CreateFaqOutcome = SavedFaq | Refused<'id-taken'>

type CreateInput = CreateFaqBody & Readonly<{ operation_id: string }>
export type CreateFaq = (input: CreateInput, storeResponse: StoreResponse<SavedFaq>) => Promise<CreateFaqOutcome>
export type ChangeFaq = (id: string, change: ChangeFaqBody) => Promise<SavedFaq | NotFound>
export type DeleteFaq = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

/** Idempotent by id: a repeated request returns the entry that the first one created. */
export const createFaq =
  ({ db, now }: Needs): CreateFaq =>
  ({ operation_id, id = operation_id, position = 0, ...texts }, storeResponse) =>
    transaction(db, async (tx): Promise<CreateFaqOutcome> => {
      const at = now()
      const entry = { id: id.toLowerCase(), ...texts, position, created_at: at, updated_at: at }
      const inserted = await tx
        .insertInto('support.faq')
        .values(entry)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returningAll()
        .executeTakeFirst()
      if (!inserted) {
        const existing = await tx.selectFrom('support.faq').selectAll().where('id', '=', entry.id).executeTakeFirst()
        return existing && isSame(existing, entry)
          ? { kind: 'saved', entry: existing }
          : { kind: 'refused', reason: 'id-taken' }
      }
      const saved = { kind: 'saved', entry: inserted } as const
      await storeResponse(tx, saved)
      return saved
    })

const isSame = (existing: FaqRow, entry: FaqRow): boolean =>
  (['locale', 'title', 'answer', 'position'] as const).every((fact) => existing[fact] === entry[fact])

export const changeFaq =
  ({ db, now }: Needs): ChangeFaq =>
  async (id, change) => {
    const entry = await db
      .updateTable('support.faq')
      .set({ ...change, updated_at: now() })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    return entry ? { kind: 'saved', entry } : notFound('entry')
  }

export const deleteFaq =
  ({ db }: Pick<Needs, 'db'>): DeleteFaq =>
  async (id) => {
    const { numDeletedRows } = await db.deleteFrom('support.faq').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('entry')
  }
