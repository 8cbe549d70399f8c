import { sql } from 'kysely'
import { transaction, type Db } from '#platform/db'
import { Semaphore } from '#platform/semaphore'
import { eventColumns, type LoggedEvent } from '../log/logged-event.ts'
import { sharesRows, type ConsumerGroup } from '../subscribe.ts'
import { logDefaults } from '../settings.ts'
import { byType, concernsGroup, handleBatch, handleOne, prepareEvent } from './handle-events.ts'
import { enterInbox } from './inbox.ts'

/** A group that handles events only when a test says so. */
export type ManualConsumer = ReturnType<typeof openManualConsumer>

/** Opens a group without a consumer, for tests: each call handles the events that it names. */
export function openManualConsumer(db: Db, { name, subscriptions }: ConsumerGroup) {
  const context = {
    db,
    group: name,
    subscriptions: byType(subscriptions),
    semaphore: new Semaphore(1),
    limits: logDefaults,
  }
  return {
    /** The events of the log that concern the group and that its inbox does not have, oldest first. Passes the others for good. */
    async unhandled(): Promise<LoggedEvent[]> {
      const { rows } = await sql<LoggedEvent>`
        select ${sql.raw(eventColumns)} from platform.event
        where event.type = any(${[...context.subscriptions.keys()]})
          and not exists (select from platform.inbox where inbox.consumer_group = ${name} and inbox.event_id = event.event_id)
        order by event.id
      `.execute(db)
      const { concerning = [], other = [] } = Object.groupBy(rows, (event) =>
        concernsGroup(event, context.subscriptions) ? 'concerning' : 'other',
      )
      // A consumer passes them by its checkpoint, which this one does not have.
      if (other.length > 0) await transaction(db, (tx) => enterInbox(tx, name, other))
      return concerning
    },
    /** Handles one event. Throws what its handler throws. */
    handle: (event: LoggedEvent) => handleOne(context, event),
    /** Handles them in one transaction, as the consumer does: all of them, or the first of each key when keys share rows. */
    async handleBatch(waiting: readonly LoggedEvent[]) {
      const events = sharesRows(subscriptions) ? firstOfEachKey(waiting) : waiting
      const prepared = await Promise.all(
        events.map(async (event) => [event, await prepareEvent(context, event)] as const),
      )
      return await handleBatch(context, events, new Map(prepared))
    },
  }
}

const firstOfEachKey = (events: readonly LoggedEvent[]): readonly LoggedEvent[] =>
  [...Map.groupBy(events, ({ partition_key }) => partition_key).values()].flatMap((ofKey) => ofKey.slice(0, 1))
