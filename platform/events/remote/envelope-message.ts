import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { OutgoingMessage, ReceivedMessage } from '#platform/broker'
import { Id, Time } from '#platform/schema'
import type { EventDefinition } from '../define-event.ts'
import type { RemoteEvent } from '../log/ingest-events.ts'
import { toEnvelope, type LoggedEvent } from '../log/logged-event.ts'

/** Digits of the largest position in a log: CloudEvents compares sequences as text. */
const sequenceDigits = 19

/** The message of an event: the envelope as its body, and the attributes of CloudEvents as its headers. */
export function toMessage(event: LoggedEvent, definition: Pick<EventDefinition, 'alias'>): OutgoingMessage {
  const { event_id, type, source, partition_key: key, correlation_id, causation_id, traceparent } = event
  return {
    id: event_id,
    type,
    source,
    key,
    headers: {
      ce_specversion: '1.0',
      ce_id: event_id,
      ce_type: type,
      ce_source: source,
      ce_subject: key,
      ce_time: event.occurred_at.toISOString(),
      ce_partitionkey: key,
      ce_sequence: String(event.id).padStart(sequenceDigits, '0'),
      ce_correlationid: correlation_id,
      ...(causation_id !== null && { ce_causationid: causation_id }),
      ...(traceparent !== null && { ce_traceparent: traceparent, traceparent }),
    },
    body: JSON.stringify(toEnvelope(event, definition)),
  }
}

/** The envelope as any program may send it. Unknown fields are valid. */
const Envelope = Compile(
  Type.Object({
    event_id: Id,
    event_type: Type.String({ pattern: '^[\\w.-]{1,200}$' }),
    timestamp: Time,
    service: Type.String({ pattern: '^[\\w.-]{1,100}$' }),
    payload: Type.Record(Type.String(), Type.Unknown()),
    metadata: Type.Object({
      key: Type.String({ minLength: 1, maxLength: 500 }),
      correlation_id: Type.Optional(Id),
      causation_id: Type.Optional(Id),
      traceparent: Type.Optional(Type.String({ maxLength: 100 })),
    }),
  }),
)

/** Reads a message. Returns the first issue of one that carries no envelope. */
export function readMessage({ headers, body }: ReceivedMessage): RemoteEvent | Readonly<{ issue: string }> {
  const envelope = parse(body)
  if (!Envelope.Check(envelope)) {
    const [issue] = Envelope.Errors(envelope)
    return { issue: issue ? `${issue.instancePath || '/'} ${issue.message}` : 'is no envelope' }
  }
  const { event_id, event_type, timestamp, service, payload, metadata } = envelope
  const { key, correlation_id = event_id, causation_id, traceparent } = metadata
  const sequence = headers['ce_sequence'] ?? ''
  return {
    event_id,
    // A program without a log sends no sequence, and repeats nothing on purpose.
    publication: /^\d{1,18}$/.test(sequence.replace(/^0+(?=\d)/, '')) ? sequence : '0',
    type: event_type,
    source: service,
    key,
    correlation_id,
    causation_id,
    traceparent,
    occurred_at: timestamp,
    data: payload,
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
