import { sql } from 'kysely'
import { pageOf, type ItemPage, type Window } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { FaqRow, SupportDb } from '../store.ts'

type Filter = Readonly<{ locale?: Locale | undefined; window: Window }>
export type ListFaq = (filter: Filter) => Promise<ItemPage<FaqRow>>

/** Questions in their order; keyset by (position, id). */
export const listFaq =
  (db: SupportDb): ListFaq =>
  async ({ locale, window }) => {
    const matching = db
      .selectFrom('support.faq')
      .$if(locale !== undefined, (query) => query.where('locale', '=', locale!))
    const [items, { total }] = await Promise.all([
      matching
        .selectAll()
        .$if(window.cursor !== undefined, (query) =>
          query.where(sql<boolean>`(position, id) > (${window.cursor?.[0]}::int, ${window.cursor?.[1]}::uuid)`),
        )
        .orderBy('position')
        .orderBy('id')
        .offset(window.offset)
        .limit(window.limit + 1)
        .execute(),
      matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    ])
    return pageOf({ items, total, window, cursorOf: ({ position, id }) => [position, id] })
  }
