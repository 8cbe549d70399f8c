import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { askFirst, byType, hearOne, hearTogether, type Group } from './hear-events.ts'
import { eventColumns, type LoggedEvent } from './logged-event.ts'
import { Permits } from './permits.ts'

/** A group heard without a consumer, one call at a time: how tests make a module hear. */
export function hearByHand(db: Db, { name, hears }: Group) {
  const hearing = { db, group: name, hears: byType(hears), permits: new Permits(1) }
  return {
    /** What the log holds for the group and its inbox does not, oldest first. */
    async unheard(): Promise<LoggedEvent[]> {
      const { rows } = await sql<LoggedEvent>`
        select ${sql.raw(eventColumns)} from msg.event e
        where e.type = any(${[...hearing.hears.keys()]})
          and not exists (select from msg.inbox i where i.grp = ${name} and i.event_id = e.event_id)
        order by e.id
      `.execute(db)
      return rows
    },
    hear: (event: LoggedEvent) => hearOne(hearing, event),
    /** Hears all of them in one transaction, as the consumer does. */
    async hearTogether(events: readonly LoggedEvent[]) {
      const asked = await Promise.all(events.map(async (event) => [event, await askFirst(hearing, event)] as const))
      return await hearTogether(hearing, events, new Map(asked))
    },
  }
}
