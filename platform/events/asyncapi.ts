import { Type } from 'typebox'
import { stringify } from 'yaml'
import type { EventDefinition } from './define-event.ts'

type Program = Readonly<{ name: string; version: string; exchange?: string }>

/** The part of a module that the document describes. */
type DescribedModule = Readonly<{
  name: string
  publishes?: readonly EventDefinition[]
  subscriptions?: readonly Readonly<{ event: EventDefinition }>[]
}>

/** The AsyncAPI 3 document of the events that the modules publish and handle. */
export function asyncapiOf(modules: readonly DescribedModule[], { name, version, exchange = 'posad' }: Program) {
  const events = eventsOf(modules)
  const publishers = [...new Set(events.map(publisherOf))].toSorted()
  return JSON.parse(
    JSON.stringify({
      asyncapi: '3.0.0',
      info: { title: `${name}: events`, version, description },
      defaultContentType: 'application/json',
      channels: Object.fromEntries(publishers.map((publisher) => [publisher, channelOf(publisher, events, exchange)])),
      operations: operationsOf(modules),
      components: {
        messages: Object.fromEntries(events.map((event) => [event.type, messageOf(event)])),
        messageTraits: { cloudEvent: { headers: Headers } },
        correlationIds: {
          correlation: {
            description: 'Shared by all events that one request causes',
            location: '$message.payload#/metadata/correlation_id',
          },
        },
      },
    }),
  ) as object
}

/** The same document as YAML, the form of `docs/asyncapi.yaml`. */
export const asyncapiYaml = (modules: readonly DescribedModule[], program: Program): string =>
  stringify(asyncapiOf(modules, program), { lineWidth: 120, version: '1.1' })

const description = `Events are delivered at least once and in order per key: recognise a repeated event by its event_id.
Within a version only optional fields are added: ignore fields and types that you do not know.`

const Headers = Type.Object({
  ce_specversion: Type.Literal('1.0'),
  ce_id: Type.String({ format: 'uuid', description: 'event_id' }),
  ce_type: Type.String({ description: 'event_type' }),
  ce_source: Type.String({ description: 'The module that published it' }),
  ce_subject: Type.String({ description: 'The key of the aggregate' }),
  ce_time: Type.String({ format: 'date-time' }),
  ce_partitionkey: Type.String(),
  ce_sequence: Type.String({ description: 'The position of the event in the log of its service' }),
  ce_correlationid: Type.String({ format: 'uuid' }),
  ce_causationid: Type.Optional(Type.String({ format: 'uuid' })),
  ce_traceparent: Type.Optional(Type.String()),
})

const Metadata = Type.Object({
  key: Type.String({ description: 'Events of one key are handled one after the other' }),
  correlation_id: Type.String({ format: 'uuid' }),
  causation_id: Type.Optional(Type.String({ format: 'uuid' })),
  traceparent: Type.Optional(Type.String()),
  alias: Type.Optional(Type.String({ description: 'The name of the event in older systems' })),
})

const publisherOf = ({ type }: EventDefinition) => type.split('.', 1)[0] ?? type

/** Every event that the modules publish, or handle although its module runs elsewhere. */
function eventsOf(modules: readonly DescribedModule[]): readonly EventDefinition[] {
  const all = modules.flatMap(({ publishes = [], subscriptions = [] }) => [
    ...publishes,
    ...subscriptions.map(({ event }) => event),
  ])
  const byType = new Map(all.map((event) => [event.type, event]))
  return [...byType.values()].toSorted((one, other) => (one.type < other.type ? -1 : 1))
}

const channelOf = (publisher: string, events: readonly EventDefinition[], exchange: string) => ({
  address: `${exchange}.${publisher}`,
  description: `The events of ${publisher}`,
  messages: Object.fromEntries(
    events
      .filter((event) => publisherOf(event) === publisher)
      .map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
  ),
  bindings: {
    kafka: { topic: `${exchange}.${publisher}`, bindingVersion: '0.5.0' },
    amqp: { is: 'routingKey', exchange: { name: exchange, type: 'topic', durable: true }, bindingVersion: '0.3.0' },
  },
})

const messageOf = ({ type, payload, key, description, alias }: EventDefinition) => ({
  name: type,
  title: type,
  summary: description,
  contentType: 'application/json',
  correlationId: { $ref: '#/components/correlationIds/correlation' },
  traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
  payload: Type.Object({
    event_id: Type.String({ format: 'uuid' }),
    event_type: Type.Literal(type),
    timestamp: Type.String({ format: 'date-time' }),
    service: Type.String({ description: 'The module that published it' }),
    payload,
    metadata: Metadata,
  }),
  'x-key': key,
  ...(alias && { 'x-alias': alias }),
})

/** One `send` per module that publishes, and one `receive` per module and publisher that it subscribes to. */
function operationsOf(modules: readonly DescribedModule[]) {
  const operation = (action: string, publisher: string, types: readonly string[]) => ({
    action,
    channel: { $ref: `#/channels/${publisher}` },
    messages: types.map((type) => ({ $ref: `#/channels/${publisher}/messages/${type}` })),
  })
  const operations = modules.flatMap(({ name, publishes = [], subscriptions = [] }) => {
    const published = Map.groupBy(publishes, publisherOf)
    const handled = Map.groupBy(
      subscriptions.map(({ event }) => event),
      publisherOf,
    )
    return [
      ...Array.from(
        published,
        ([publisher, events]) => [`${name}-publishes`, operation('send', publisher, typesOf(events))] as const,
      ),
      ...Array.from(
        handled,
        ([publisher, events]) =>
          [`${name}-handles-${publisher}`, operation('receive', publisher, typesOf(events))] as const,
      ),
    ]
  })
  return Object.fromEntries(operations)
}

const typesOf = (events: readonly EventDefinition[]) => [...new Set(events.map(({ type }) => type))].toSorted()
