import type { EventDefinition } from './define-event.ts'
import { messageDeadLettered } from './parking/message-dead-lettered.ts'
import type { ConsumerGroup, Subscription } from './subscribe.ts'

/** The part of a module that concerns events. */
export type EventParticipant = Readonly<{
  name: string
  publishes?: readonly EventDefinition[]
  subscriptions?: readonly Subscription[]
}>

/** Every known event type, its publisher and the groups that subscribe to it. */
export type EventRegistry = Readonly<{
  definitions: ReadonlyMap<string, EventDefinition>
  publisherOf: (type: string) => string | undefined
  subscribersOf: (type: string) => readonly string[]
  groups: readonly ConsumerGroup[]
}>

/** The platform itself, which publishes in every process. */
export const systemParticipant: EventParticipant = { name: 'system', publishes: [messageDeadLettered] }

/**
 * Connects publishers with subscribers. `remote` are modules of other processes whose events reach this one. Throws one
 * error that lists every mistake: a type published twice or under the name of another module, a subscription to a type
 * without a publisher, two modules of one name.
 */
export function registerEvents(
  modules: readonly EventParticipant[],
  remote: readonly EventParticipant[] = [],
): EventRegistry {
  const definitions = new Map<string, EventDefinition>()
  const publishers = new Map<string, string>()
  const issues: string[] = []
  for (const { name, publishes = [] } of [systemParticipant, ...modules, ...remote]) {
    for (const definition of publishes) {
      const { type } = definition
      if (!type.startsWith(`${name}.`))
        issues.push(`${name} publishes ${type}, which carries the name of another module`)
      if (publishers.has(type)) issues.push(`${type} is defined twice`)
      definitions.set(type, definition)
      publishers.set(type, name)
    }
  }
  const names = modules.map(({ name }) => name)
  for (const name of new Set(names)) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) issues.push(`two modules are called ${name}`)
  }
  for (const { name, subscriptions = [] } of modules) {
    for (const type of new Set(subscriptions.map(({ event }) => event.type))) {
      if (!definitions.has(type)) issues.push(`${name} subscribes to ${type}, which no module publishes`)
    }
  }
  if (issues.length > 0) throw new Error(`The events of the modules do not fit together:\n- ${issues.join('\n- ')}`)
  const groups = modules
    .map(({ name, subscriptions = [] }) => ({ name, subscriptions }))
    .filter(({ subscriptions }) => subscriptions.length > 0)
  return {
    definitions,
    publisherOf: (type) => publishers.get(type),
    subscribersOf: (type) =>
      groups
        .filter(({ subscriptions }) => subscriptions.some(({ event }) => event.type === type))
        .map(({ name }) => name),
    groups,
  }
}
