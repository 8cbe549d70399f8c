import type { CartApi } from '#cart'
import type { RemoteCatalogApi } from '#catalog'
import type { DeliveryApi } from '#delivery/api'
import type { IdentityApi } from '#identity'
import type { OrderingApi } from '#ordering'
import type { PromotionsApi } from '#promotions'

/** The functions that modules call of each other. */
export type Apis = Readonly<{
  identity: IdentityApi
  catalog: RemoteCatalogApi
  cart: CartApi
  promotions: PromotionsApi
  ordering: OrderingApi
  delivery: DeliveryApi
}>

/** The apis of the modules that this process runs, as far as they are open. */
export type LocalApis = { -readonly [Name in keyof Apis]?: Apis[Name] | undefined }

type Sources = Readonly<{
  local: LocalApis
  /** Absent where one process runs every module. */
  remote?: Apis | undefined
}>

/**
 * The function of a module that this process runs, otherwise its remote one. It is chosen at each call, because modules
 * that need each other cannot all be opened after the others.
 */
export const apisOf = (sources: Sources): Apis => ({
  identity: lazily(() => choose(sources, 'identity')),
  catalog: lazily(() => choose(sources, 'catalog')),
  cart: lazily(() => choose(sources, 'cart')),
  promotions: lazily(() => choose(sources, 'promotions')),
  ordering: lazily(() => choose(sources, 'ordering')),
  delivery: lazily(() => choose(sources, 'delivery')),
})

function choose<Name extends keyof Apis>({ local, remote }: Sources, name: Name): Apis[Name] {
  const found = (local as Partial<Apis>)[name] ?? remote?.[name]
  if (!found)
    throw new Error(`No process runs the module ${name}: add it to apps/modules.ts and apps/services/services.ts`)
  return found
}

/**
 * An api whose functions find their module when they are called. It is a Proxy, because a plain object would repeat the name
 * of each of the two dozen functions: `hold: (...input) => choose(sources, 'catalog').hold(...input)`.
 */
const lazily = <Api extends object>(find: () => Api): Api =>
  new Proxy({} as Api, {
    get:
      (_, name) =>
      (...input: readonly unknown[]): unknown => {
        const call = (find() as Record<PropertyKey, ((...input: readonly unknown[]) => unknown) | undefined>)[name]
        if (!call) throw new Error(`The api has no function ${String(name)}`)
        return call(...input)
      },
  })
