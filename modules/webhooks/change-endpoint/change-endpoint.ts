import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { wrongTarget, type Reach, type WrongTarget } from '#platform/outbound'
import type { Clock } from '#platform/values'
import { endpointChanged } from '../events.ts'
import type { ChangeEndpointBody } from '../schema.ts'
import { lockEndpoint, updateEndpoint, type Endpoint, type WebhooksDb } from '../store.ts'

type Needs = Readonly<{ db: WebhooksDb; now: Clock; reach: Reach }>

export type ChangeEndpointOutcome = Readonly<{ kind: 'changed'; endpoint: Endpoint }> | NotFound | Refused<WrongTarget>
export type ChangeEndpoint = (id: string, change: ChangeEndpointBody) => Promise<ChangeEndpointOutcome>

/** An endpoint that is activated again begins without its failures; the deliveries that wait go on. */
export const changeEndpoint =
  ({ db, now, reach }: Needs): ChangeEndpoint =>
  async (id, { event_types, is_active, ...facts }) => {
    const wrong = facts.url === undefined ? undefined : wrongTarget(facts.url, reach)
    if (wrong) return { kind: 'refused', reason: wrong }
    return await transaction(db, async (tx): Promise<ChangeEndpointOutcome> => {
      const before = await lockEndpoint(tx, id)
      if (!before) return notFound('endpoint')
      const endpoint = await updateEndpoint(tx, before.id, {
        ...facts,
        ...(event_types && { event_types: [...event_types] }),
        ...(is_active !== undefined && activation(before, is_active)),
        updated_at: now(),
      })
      await publish(tx, [endpointChanged({ endpoint_id: endpoint.id })])
      return { kind: 'changed', endpoint }
    })
  }

function activation(before: Endpoint, is_active: boolean) {
  if (is_active === before.is_active) return {}
  return is_active
    ? { is_active, deactivated_reason: null, failing_since: null }
    : { is_active, deactivated_reason: 'staff' as const }
}
