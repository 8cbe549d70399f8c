import type { EventDefinition } from './define-event.ts'
import type { Subscription } from './subscribe.ts'
import type { Group } from './handle-events.ts'
import { messageDeadLettered } from './system-events.ts'

/** Who tells and hears: a module, as far as events go. */
export type Voice = Readonly<{
  name: string
  publishes?: readonly EventDefinition[]
  subscriptions?: readonly Subscription[]
}>

/** Every type that is known, who tells it and which groups hear it. */
export type EventRegistry = Readonly<{
  definitions: ReadonlyMap<string, EventDefinition>
  publisherOf: (type: string) => string | undefined
  subscribersOf: (type: string) => readonly string[]
  groups: readonly Group[]
}>

/** The platform's own voice. */
const system: Voice = { name: 'system', publishes: [messageDeadLettered] }

/**
 * Connects who tells with who hears. `elsewhere` are voices of other processes, whose events reach us. Throws, with
 * everything that is wrong, when a type is told twice or under another module's name, or heard though nobody tells it.
 */
export function registerEvents(modules: readonly Voice[], elsewhere: readonly Voice[] = []): EventRegistry {
  const definitions = new Map<string, EventDefinition>()
  const tellers = new Map<string, string>()
  const faults: string[] = []
  for (const { name, publishes = [] } of [system, ...modules, ...elsewhere]) {
    for (const definition of publishes) {
      const { type } = definition
      if (!type.startsWith(`${name}.`)) faults.push(`${name} tells ${type}, which bears another name`)
      if (tellers.has(type)) faults.push(`${type} is defined twice`)
      definitions.set(type, definition)
      tellers.set(type, name)
    }
  }
  const names = modules.map(({ name }) => name)
  for (const name of new Set(names)) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) faults.push(`two modules are called ${name}`)
  }
  for (const { name, subscriptions = [] } of modules) {
    for (const type of new Set(subscriptions.map(({ event }) => event.type))) {
      if (!definitions.has(type)) faults.push(`${name} hears ${type}, which nobody tells`)
    }
  }
  if (faults.length > 0) throw new Error(`The events do not fit together:\n- ${faults.join('\n- ')}`)
  const groups = modules
    .map(({ name, subscriptions = [] }) => ({ name, subscriptions }))
    .filter(({ subscriptions }) => subscriptions.length > 0)
  return {
    definitions,
    publisherOf: (type) => tellers.get(type),
    subscribersOf: (type) =>
      groups
        .filter(({ subscriptions }) => subscriptions.some(({ event }) => event.type === type))
        .map(({ name }) => name),
    groups,
  }
}
