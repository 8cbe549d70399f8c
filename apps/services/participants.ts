import type { RemoteServices } from '../events/events.ts'
import { describeModules } from './describe-modules.ts'
import { modulesOf, serviceNames, type ServiceName } from './services.ts'

/** The modules of the other services: their events come to this one, and its own go to them. */
export function otherServices(service: ServiceName): RemoteServices {
  // Nothing of it runs: a module says which events it publishes and handles without a database.
  const { modules } = describeModules()
  const others = serviceNames.filter((name) => name !== service).map((name) => modulesOf(name))
  return others.map((names: readonly string[]) => modules.filter(({ name }) => names.includes(name)))
}
