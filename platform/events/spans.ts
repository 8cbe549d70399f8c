import { activeContext, causedBy, inSpan, withContext } from '#platform/telemetry'
import type { LoggedEvent } from './log/logged-event.ts'

type Operation = Readonly<{ operation: 'prepare' | 'process'; group: string }>

/** Links of one span; OpenTelemetry drops further ones. */
const maxLinks = 128

/**
 * Runs `work` in the context of an event, in a span of the trace that published it: so a whole checkout is one trace. The span
 * has a link to that of its batch, whose transaction it shares.
 */
export const inSpanOf = <Result>(
  event: LoggedEvent,
  { operation, group }: Operation,
  work: () => Promise<Result>,
): Promise<Result> => {
  const { correlation_id, event_id, type, traceparent, occurred_at } = event
  const batch = activeContext()?.span?.traceparent
  const describe = () => {
    const { parent = null, links = [] } = causedBy(traceparent, occurred_at)
    const attributes = {
      'messaging.system': 'posad',
      'messaging.operation.name': operation,
      'messaging.destination.name': type,
      'messaging.consumer.group.name': group,
      'messaging.message.id': event_id,
      'messaging.message.conversation_id': correlation_id,
    }
    return { name: `${operation} ${type}`, kind: 'consumer', parent, links: [...links, batch], attributes } as const
  }
  const context = { correlation_id, causation_id: event_id, traceparent: traceparent ?? undefined }
  return withContext(context, () => inSpan(describe, work))
}

/** Runs `work`, which concerns many events, in a span of its own trace with a link to each of them. */
export const inSpanOfBatch = <Result>(
  name: string,
  events: readonly LoggedEvent[],
  work: () => Promise<Result>,
): Promise<Result> =>
  inSpan(
    () => ({
      name,
      parent: null,
      links: events.slice(0, maxLinks).map(({ traceparent }) => traceparent),
      attributes: { 'messaging.batch.message_count': events.length },
    }),
    work,
  )
