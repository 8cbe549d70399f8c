import type { EventDefinition } from '#platform/events'
import type { Routes } from './routes.ts'

/** The part of a module that the server mounts and describes. */
export type MountedModule = Readonly<{
  name: string
  description?: string
  routes?: readonly Routes[]
  unversionedPaths?: readonly `/${string}`[]
  pages?: readonly Routes[]
  plainPages?: readonly Routes[]
  internal?: readonly Routes[]
  publishes?: readonly EventDefinition[]
  subscriptions?: readonly Readonly<{ event: EventDefinition }>[]
}>
