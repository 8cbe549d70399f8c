import type { Kysely, Selectable } from 'kysely'
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
