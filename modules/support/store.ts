import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Locale } from '#platform/values'

type Topics = { user_telegram_id: number; admin_chat_id: number; thread_id: number; created_at: Date }

type Faq = {
  id: string
  locale: Locale
  title: string
  answer: string
  position: number
  created_at: Date
  updated_at: Date
}

type SupportTables = { 'support.topics': Topics; 'support.faq': Faq }

export type SupportDb = Kysely<SupportTables>
export type Topic = Selectable<Topics>
export type FaqRow = Selectable<Faq>

/** Inserts an entry; undefined when its id is taken. */
export const insertFaq = (tx: Transaction<SupportTables>, entry: FaqRow): Promise<FaqRow | undefined> =>
  tx
    .insertInto('support.faq')
    .values(entry)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst()

export const findFaq = (db: SupportDb, id: string): Promise<FaqRow | undefined> =>
  db.selectFrom('support.faq').selectAll().where('id', '=', id).executeTakeFirst()
