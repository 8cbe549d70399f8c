import { subscribe, type Subscription } from '#platform/events'
import { bodyOf, dataOf, publicEvents } from '../public-events.ts'
import type { EnqueueDeliveries } from './enqueue-deliveries.ts'

/** Handles every event that an endpoint may receive. */
export const enqueueDeliveriesSubscriptions = ({
  enqueueDeliveries,
}: Readonly<{ enqueueDeliveries: EnqueueDeliveries }>): readonly Subscription[] =>
  publicEvents.map((exposed) =>
    subscribe(
      exposed.event,
      async (tx, { event_id, event_type, timestamp, payload }) => {
        const data = dataOf(exposed, payload as Readonly<Record<string, unknown>>)
        await enqueueDeliveries(tx, { id: event_id, event_type, body: bodyOf({ type: event_type, timestamp, data }) })
      },
      // Receivers are at the other end of a network: a moment more lets a transaction serve many events.
      { linger: true },
    ),
  )
