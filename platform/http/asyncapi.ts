import { Type } from 'typebox'
import { stringify } from 'yaml'
import type { EventDefinition } from '#platform/events'
import type { MountedModule } from './mounted-module.ts'

type About = Readonly<{ name: string; version: string; exchange?: string }>

/** What the modules tell and hear as an AsyncAPI 3 document. */
export function asyncapiOf(modules: readonly MountedModule[], { name, version, exchange = 'posad' }: About) {
  const events = eventsOf(modules)
  const tellers = [...new Set(events.map(publisherOf))].toSorted()
  return JSON.parse(
    JSON.stringify({
      asyncapi: '3.0.0',
      info: { title: `${name}: events`, version, description },
      defaultContentType: 'application/json',
      channels: Object.fromEntries(tellers.map((teller) => [teller, channelOf(teller, events, exchange)])),
      operations: operationsOf(modules),
      components: {
        messages: Object.fromEntries(events.map((event) => [event.type, messageOf(event)])),
        messageTraits: { cloudEvent: { headers: Headers } },
        correlationIds: {
          correlation: {
            description: 'Shared by everything that one request set in motion',
            location: '$message.payload#/metadata/correlation_id',
          },
        },
      },
    }),
  ) as object
}

/** The document as docs/asyncapi.yaml has it. */
export const asyncapiYaml = (modules: readonly MountedModule[], about: About): string =>
  stringify(asyncapiOf(modules, about), { lineWidth: 120 })

const description = `Events are delivered at least once and in order per key: know an event again by its event_id.
Within a version only optional fields are added; take no offence at fields or types that you do not know.`

const Headers = Type.Object({
  ce_specversion: Type.Literal('1.0'),
  ce_id: Type.String({ format: 'uuid', description: 'event_id' }),
  ce_type: Type.String({ description: 'event_type' }),
  ce_source: Type.String({ description: 'The module that told it' }),
  ce_subject: Type.String({ description: 'The aggregate' }),
  ce_time: Type.String({ format: 'date-time' }),
  ce_partitionkey: Type.String(),
  ce_correlationid: Type.String({ format: 'uuid' }),
  ce_causationid: Type.Optional(Type.String({ format: 'uuid' })),
  ce_traceparent: Type.Optional(Type.String()),
})

const Metadata = Type.Object({
  key: Type.String({ description: 'Events of one key are heard one after the other' }),
  correlation_id: Type.String({ format: 'uuid' }),
  causation_id: Type.Optional(Type.String({ format: 'uuid' })),
  traceparent: Type.Optional(Type.String()),
  alias: Type.Optional(Type.String({ description: 'The name that older systems use' })),
})

const publisherOf = ({ type }: EventDefinition) => type.split('.', 1)[0] ?? type

/** Everything told, and heard from modules that are not here. */
function eventsOf(modules: readonly MountedModule[]): readonly EventDefinition[] {
  const all = modules.flatMap(({ publishes = [], subscriptions = [] }) => [
    ...publishes,
    ...subscriptions.map(({ event }) => event),
  ])
  const byType = new Map(all.map((event) => [event.type, event]))
  return [...byType.values()].toSorted((one, other) => (one.type < other.type ? -1 : 1))
}

const channelOf = (teller: string, events: readonly EventDefinition[], exchange: string) => ({
  address: `${exchange}.${teller}`,
  description: `What ${teller} tells`,
  messages: Object.fromEntries(
    events
      .filter((event) => publisherOf(event) === teller)
      .map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
  ),
  bindings: {
    kafka: { topic: `${exchange}.${teller}`, bindingVersion: '0.5.0' },
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
    service: Type.String({ description: 'The module that told it' }),
    payload,
    metadata: Metadata,
  }),
  'x-key': key,
  ...(alias && { 'x-alias': alias }),
})

/** One `send` per module that tells and one `receive` per module and source that it hears. */
function operationsOf(modules: readonly MountedModule[]) {
  const operation = (action: string, source: string, types: readonly string[]) => ({
    action,
    channel: { $ref: `#/channels/${source}` },
    messages: types.map((type) => ({ $ref: `#/channels/${source}/messages/${type}` })),
  })
  const operations = modules.flatMap(({ name, publishes = [], subscriptions = [] }) => {
    const told = Map.groupBy(publishes, publisherOf)
    const heard = Map.groupBy(
      subscriptions.map(({ event }) => event),
      publisherOf,
    )
    return [
      ...Array.from(told, ([source, events]) => [`${name}-tells`, operation('send', source, typesOf(events))] as const),
      ...Array.from(
        heard,
        ([source, events]) => [`${name}-hears-${source}`, operation('receive', source, typesOf(events))] as const,
      ),
    ]
  })
  return Object.fromEntries(operations)
}

const typesOf = (events: readonly EventDefinition[]) => [...new Set(events.map(({ type }) => type))].toSorted()
