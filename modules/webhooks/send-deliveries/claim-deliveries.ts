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
      select ready.id from webhooks.endpoints as endpoint
      left join unnest(${[...running.keys()]}::uuid[], ${[...running.values()]}::int[]) as busy(endpoint_id, attempts)
        on busy.endpoint_id = endpoint.id
      cross join lateral (
        select delivery.id from webhooks.deliveries as delivery
        where delivery.endpoint_id = endpoint.id and delivery.status = 'pending' and delivery.next_attempt_at <= ${now}
          and (delivery.claimed_until is null or delivery.claimed_until <= ${now})
        order by delivery.next_attempt_at limit greatest(${perEndpoint}::int - coalesce(busy.attempts, 0), 0)
        for update skip locked
      ) ready
      where endpoint.is_active
    ), claimed as (
      update webhooks.deliveries as delivery
      set attempts = delivery.attempts + 1, step = delivery.step + 1, claimed_until = ${after(now, lease)}
      from due where delivery.id = due.id
      returning delivery.id, delivery.endpoint_id, delivery.message_id, delivery.attempts
    )
    select claim.*, endpoint.url, message.body,
      array(select secret.sealed from webhooks.secrets as secret
            where secret.endpoint_id = endpoint.id and (secret.expires_at is null or secret.expires_at > ${now})
            order by secret.expires_at desc nulls first) as sealed_secrets
    from claimed as claim join webhooks.endpoints as endpoint on endpoint.id = claim.endpoint_id
      join webhooks.messages as message on message.id = claim.message_id
  `.execute(db)
  return rows
}
