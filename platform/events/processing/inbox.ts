import { sql } from 'kysely'
import { batched, inTransaction, type AnyTx, type Db } from '#platform/db'
import type { LoggedEvent } from '../log/logged-event.ts'

/** Adds events to the inbox of a group. Returns the ids that were not in it; they are handled once `tx` commits. */
export async function enterInbox(tx: AnyTx, group: string, events: readonly LoggedEvent[]): Promise<Set<string>> {
  const ids = events.map(({ event_id }) => event_id)
  const { rows } = await sql<{ event_id: string }>`
    insert into platform.inbox (consumer_group, event_id) select ${group}, event_id from unnest(${ids}::uuid[]) as received(event_id)
    where ${inTransaction} on conflict do nothing returning event_id
  `.execute(tx)
  return new Set(rows.map(({ event_id }) => event_id))
}

type Message = Readonly<{ group: string; event_id: string }>

/** Whether the inbox of a group has an event. Concurrent callers share one statement. */
export const isHandled = batched<Message, boolean, Db>(async (db, messages) => {
  const { rows } = await sql<{ handled: boolean }>`
    select exists (select from platform.inbox
      where inbox.consumer_group = message.consumer_group and inbox.event_id = message.event_id) as handled
    from unnest(${messages.map(({ group }) => group)}::text[], ${messages.map(({ event_id }) => event_id)}::uuid[])
      with ordinality as message(consumer_group, event_id, place) order by place
  `.execute(db)
  return rows.map(({ handled }) => handled)
})
