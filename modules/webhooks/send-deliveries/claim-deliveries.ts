import { sql } from 'kysely'
import { after, seconds } from '#platform/values'
import type { WebhooksDb } from '../store.ts'

/** A delivery of which this process makes the next attempt. */
export type Claimed = Readonly<{
  id: string
  endpoint_id: string
  message_id: string
  /** The number of this attempt. */
  attempts: number
  url: string
  body: string
  sealed_secrets: readonly string[]
}>

/** Attempts that one process makes at an endpoint at the same time. */
export const perEndpoint = 3

/** A process that dies during an attempt leaves it to others after this time, which is longer than an attempt takes. */
const lease = seconds(60)

type Claim = Readonly<{
  now: Date
  /** The attempts that this process is making, by endpoint. */
  running: ReadonlyMap<string, number>
}>

/**
 * Claims the deliveries that are due, of each endpoint as many as may run at once: one that hangs takes no place of another.
 * Several processes may claim at the same moment, and none waits for another.
 */
export async function claimDeliveries(db: WebhooksDb, { now, running }: Claim): Promise<readonly Claimed[]> {
  const { rows } = await sql<Claimed>`
    with due as materialized (
      select ready.id from webhooks.endpoints e
      left join unnest(${[...running.keys()]}::uuid[], ${[...running.values()]}::int[]) as busy(endpoint_id, attempts)
        on busy.endpoint_id = e.id
      cross join lateral (
        select d.id from webhooks.deliveries d
        where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= ${now}
          and (d.claimed_until is null or d.claimed_until <= ${now})
        order by d.next_attempt_at limit greatest(${perEndpoint}::int - coalesce(busy.attempts, 0), 0)
        for update skip locked
      ) ready
      where e.is_active
    ), claimed as (
      update webhooks.deliveries d
      set attempts = d.attempts + 1, step = d.step + 1, claimed_until = ${after(now, lease)}
      from due where d.id = due.id
      returning d.id, d.endpoint_id, d.message_id, d.attempts
    )
    select c.*, e.url, m.body,
      array(select s.sealed from webhooks.secrets s
            where s.endpoint_id = e.id and (s.expires_at is null or s.expires_at > ${now})
            order by s.expires_at desc nulls first) as sealed_secrets
    from claimed c join webhooks.endpoints e on e.id = c.endpoint_id join webhooks.messages m on m.id = c.message_id
  `.execute(db)
  return rows
}
