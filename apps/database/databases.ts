import type { Config } from '../config/config.ts'
import { serviceConfigOf } from '../config/service-config.ts'
import { modulesOf, serviceNames, type ModuleName, type ServiceName } from '../services/services.ts'

/** A database of the shop, and the modules that it has. */
export type ShopDatabase = Readonly<{ name: string; url: string; modules: readonly ModuleName[] }>

/** Services that others call for an effect: an order holds stock of the shop, and belongs to an account. */
const calledByOthers: readonly ServiceName[] = ['shop', 'auth']

/** The services that a command concerns: the one that POSAD_SERVICE names, all where services have databases, or none. */
export function servicesOf({ services, database }: Config): readonly ServiceName[] {
  if (services.ofCommands !== undefined) return [services.ofCommands]
  if (database.ofServices.size === 0) return []
  return [...serviceNames.filter((name) => !calledByOthers.includes(name)), ...calledByOthers]
}

/** The databases of some services, each once, callers before those that they call. */
export function databasesOf(config: Config, services: readonly ServiceName[]): readonly ShopDatabase[] {
  const byUrl = Map.groupBy(services, (service) => {
    const { database } = serviceConfigOf(config, service, { isSingle: false })
    return database.kind === 'external' ? database.url : ''
  })
  return Array.from(byUrl, ([url, names]) => ({
    url,
    name: names.length === serviceNames.length ? wholeName : names.join('+'),
    modules: names.flatMap((name) => modulesOf(name)),
  }))
}

/** The name of the database of all modules in backups. */
export const wholeName = 'posad'
