import { subscribe, type Subscription } from '#platform/events'
import { endpointChanged } from '../events.ts'
import { bodyOf, dataOf, publicEvents } from '../public-events.ts'
import type { EnqueueDeliveries } from './enqueue-deliveries.ts'
import type { SubscribedTypes } from './subscribed-types.ts'

type Needs = Readonly<{ enqueueDeliveries: EnqueueDeliveries; subscribed: SubscribedTypes }>

/** Handles every event that an endpoint may receive, and skips those that no endpoint subscribes to. */
export const enqueueDeliveriesSubscriptions = ({ enqueueDeliveries, subscribed }: Needs): readonly Subscription[] => [
  subscribe(endpointChanged, async () => {}, {
    // Not in the handler: the events that were read together with the change must be asked about again.
    concerns: () => {
      subscribed.expire()
      return true
    },
  }),
  ...publicEvents.map((exposed) =>
    subscribe(
      exposed.event,
      async (tx, { event_id, event_type, timestamp, payload }) => {
        const data = dataOf(exposed, payload as Readonly<Record<string, unknown>>)
        await enqueueDeliveries(tx, { id: event_id, event_type, body: bodyOf({ type: event_type, timestamp, data }) })
      },
      // Receivers are at the other end of a network: a moment more lets a transaction serve many events.
      { linger: true, concerns: () => subscribed.has(exposed.event.type) },
    ),
  ),
]
