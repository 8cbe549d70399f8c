import { queueName, type Queue, type Topology } from '#platform/broker'
import { messageDeadLettered } from '../parking/message-dead-lettered.ts'
import { systemParticipant, type EventParticipant } from '../register-events.ts'

/** The modules of this process, and the modules of every other service: one list for each service. */
export type EventServices = Readonly<{
  local: readonly EventParticipant[]
  remote: readonly (readonly EventParticipant[])[]
}>

/** The topology of the broker, and the queues of it that this process consumes. */
export type EventTopology = Readonly<{ topology: Topology; own: readonly Queue[] }>

/**
 * Finds the queues between the services. A service has one queue for each module outside whose events it handles: two queues
 * would mix the order of a key. It carries the name of the first module of the service that subscribes.
 */
export function eventTopologyOf({ local, remote }: EventServices, queuePrefix: string): EventTopology {
  const own = queuesOf(local, queuePrefix)
  const sources = local.filter(({ publishes = [] }) => publishes.length > 0).map(({ name }) => name)
  return {
    topology: {
      sources: [...sources, systemParticipant.name],
      queues: [...own, ...remote.flatMap((modules) => queuesOf(modules, queuePrefix))],
    },
    own,
  }
}

function queuesOf(service: readonly EventParticipant[], queuePrefix: string): Queue[] {
  const inside = new Set(service.map(({ name }) => name))
  const bySource = new Map<string, { consumer: string; types: Set<string> }>()
  for (const { name, subscriptions = [] } of service) {
    for (const { event } of subscriptions) {
      const source = sourceOf(event.type)
      if (inside.has(source)) continue
      const queue = bySource.get(source) ?? { consumer: name, types: new Set() }
      queue.types.add(event.type)
      bySource.set(source, queue)
    }
  }
  return [...bySource].map(([source, { consumer, types }]) => ({
    name: `${queuePrefix}${queueName(consumer, source)}`,
    source,
    types: [...types].toSorted(),
  }))
}

/** The module that publishes a type. */
export const sourceOf = (type: string): string => type.split('.', 1)[0] ?? type

/** True for a type that every service publishes, also those that subscribe to it. */
export const isOfEveryService = (type: string): boolean => type === messageDeadLettered.type
