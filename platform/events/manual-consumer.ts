import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { prepareEvent, byType, handleOne, handleBatch, type Group } from './handle-events.ts'
import { eventColumns, type LoggedEvent } from './logged-event.ts'
import { Semaphore } from './semaphore.ts'

/** A group heard without a consumer, one call at a time: how tests make a module hear. */
export function openManualConsumer(db: Db, { name, subscriptions }: Group) {
  const hearing = { db, group: name, subscriptions: byType(subscriptions), semaphore: new Semaphore(1) }
  return {
    /** What the log holds for the group and its inbox does not, oldest first. */
    async unheard(): Promise<LoggedEvent[]> {
      const { rows } = await sql<LoggedEvent>`
        select ${sql.raw(eventColumns)} from platform.event e
        where e.type = any(${[...hearing.subscriptions.keys()]})
          and not exists (select from platform.inbox i where i.consumer_group = ${name} and i.event_id = e.event_id)
        order by e.id
      `.execute(db)
      return rows
    },
    subscribe: (event: LoggedEvent) => handleOne(hearing, event),
    /** Hears all of them in one transaction, as the consumer does. */
    async handleBatch(events: readonly LoggedEvent[]) {
      const asked = await Promise.all(events.map(async (event) => [event, await prepareEvent(hearing, event)] as const))
      return await handleBatch(hearing, events, new Map(asked))
    },
  }
}
