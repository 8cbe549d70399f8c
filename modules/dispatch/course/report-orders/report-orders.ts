import type { RelayGroup } from '#platform/events'
import type { Contract, Encoding, ReportedChange } from '../../contract.ts'
import { courseOrderAssigned, courseOrderCompleted, courseOrderCreated } from '../../events.ts'
import { writeMessage } from '../../messages/write-message.ts'

/** A message about an order for other systems. */
export type ReportedMessage = Readonly<{ key: string; value: Buffer; headers: Readonly<Record<string, string>> }>

type Needs = Readonly<{
  contract: Contract
  encoding: Encoding
  /** Resolves when the broker has stored all messages. Throws when it may have lost one. */
  send: (messages: readonly ReportedMessage[]) => Promise<void>
}>

const changes: Readonly<Record<string, ReportedChange>> = {
  [courseOrderCreated.type]: 'created',
  [courseOrderAssigned.type]: 'assigned',
  [courseOrderCompleted.type]: 'completed',
}

type LoggedEvent = Parameters<RelayGroup['relay']>[0][number]

/**
 * Reports the changes of orders in the order of the log. While the broker is away they wait there. The group reads all
 * changes, also those that its generation does not report: another generation then needs no other group.
 */
export const reportOrders = ({ contract, encoding, send }: Needs): RelayGroup => ({
  name: 'relay:course',
  types: Object.keys(changes),
  relay: async (events) => {
    await send(events.flatMap((event) => messageOf(event, { contract, encoding }) ?? []))
  },
})

function messageOf(event: LoggedEvent, form: Pick<Needs, 'contract' | 'encoding'>): ReportedMessage | undefined {
  const { event_id, occurred_at, type, traceparent, data } = event
  const change = changes[type]
  if (!change) return undefined
  const { order_id, courier_id } = data as { order_id: string; courier_id?: string }
  const written = writeMessage({ event_id, occurred_at, change, order_id, courier_id }, form)
  return (
    written && {
      key: order_id,
      value: written.value,
      headers: { event_id, event_type: written.name, ...(traceparent !== null && { traceparent }) },
    }
  )
}
