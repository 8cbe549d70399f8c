import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { after, type Clock } from '#platform/values'
import { failingTime, usualBacklog, type Deactivate } from '../deactivation.ts'
import type { WebhooksDb } from '../store.ts'

type Needs = Readonly<{
  db: WebhooksDb
  now: Clock
  deactivate: Deactivate
  /** Deliveries that may wait for one endpoint; `usualBacklog` when absent. */
  maxBacklog?: number
}>

export type DeactivateFailing = () => Promise<void>

/** Deactivates the endpoints that have failed for days, and those that accept events more slowly than the shop has them. */
export const deactivateFailing =
  ({ db, now, deactivate, maxBacklog = usualBacklog }: Needs): DeactivateFailing =>
  async () => {
    const at = now()
    for (const { id, is_failing } of await listFailing(db, { now: at, maxBacklog })) {
      const reason = is_failing ? 'failing' : 'backlog'
      await transaction(db, (tx) => deactivate(tx, { endpoint_id: id, reason, now: at }))
    }
  }

async function listFailing(db: WebhooksDb, { now, maxBacklog }: Readonly<{ now: Date; maxBacklog: number }>) {
  const { rows } = await sql<{ id: string; is_failing: boolean }>`
    select id, is_failing from (
      select endpoint.id, coalesce(endpoint.failing_since <= ${after(now, -failingTime)}, false) as is_failing,
        (select count(*) from (select from webhooks.deliveries as delivery
          where delivery.endpoint_id = endpoint.id
            and delivery.status = 'pending' limit ${maxBacklog + 1}) waiting) as waiting
      from webhooks.endpoints as endpoint where endpoint.is_active
    ) endpoint where is_failing or waiting > ${maxBacklog}
  `.execute(db)
  return rows
}
