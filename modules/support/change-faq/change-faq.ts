import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { ChangeFaqBody } from '../schema.ts'
import type { FaqRow, SupportDb } from '../store.ts'

type Needs = Readonly<{ db: SupportDb; now: Clock }>

type ChangeFaqOutcome = Readonly<{ kind: 'changed'; entry: FaqRow }> | NotFound
export type ChangeFaq = (id: string, change: ChangeFaqBody) => Promise<ChangeFaqOutcome>

/** Changes the language, the texts or the position of an entry. */
export const changeFaq =
  ({ db, now }: Needs): ChangeFaq =>
  async (id, change) => {
    const entry = await db
      .updateTable('support.faq')
      .set({ ...change, updated_at: now() })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    return entry ? { kind: 'changed', entry } : notFound('entry')
  }
