/** A part of the shop that is deployed by itself. */
type Service = Readonly<{
  /** Where it listens unless `APP_PORT` says otherwise. */
  port: number
  modules: readonly string[]
  /** The beginnings of its public paths. The gateway sends a request to the service with the longest one that matches. */
  paths: readonly `/${string}`[]
}>

/** Which modules make which service. `posad start` runs all of them in one process. */
export const services = {
  auth: {
    port: 8001,
    modules: ['identity'],
    paths: [
      '/api/v1/auth',
      '/api/v1/admin/merges',
      '/api/v1/admin/roles',
      '/api/v1/admin/users',
      '/.well-known/jwks.json',
      '/invitation',
    ],
  },
  shop: {
    port: 8002,
    modules: ['catalog', 'cart', 'promotions', 'media', 'support', 'webhooks'],
    paths: [
      '/api/v1/catalog',
      '/api/v1/cart',
      '/api/v1/admin/attributes',
      '/api/v1/admin/bundles',
      '/api/v1/admin/categories',
      '/api/v1/support',
      '/api/v1/admin/faq',
      '/api/v1/admin/images',
      '/api/v1/admin/products',
      '/api/v1/admin/promotions',
      '/api/v1/admin/returns',
      '/api/v1/admin/reviews',
      '/api/v1/admin/tags',
      '/api/v1/admin/types',
      '/api/v1/admin/variants',
      '/api/v1/admin/webhooks',
      '/media',
    ],
  },
  ordering: {
    port: 8003,
    modules: ['ordering'],
    paths: ['/api/v1/orders', '/api/v1/admin/orders', '/api/v1/admin/order-returns', '/api/v1/admin/order-drafts'],
  },
  payments: {
    port: 8004,
    modules: ['payments'],
    paths: ['/api/v1/payments', '/api/v1/admin/payments', '/pay'],
  },
  delivery: {
    port: 8005,
    modules: ['delivery', 'dispatch'],
    paths: [
      '/api/v1/delivery',
      '/api/v1/dispatch',
      '/api/v1/admin/shipments',
      '/api/v1/admin/pickup-points',
      '/api/v1/admin/delivery-zones',
      '/dispatch',
    ],
  },
} as const satisfies Readonly<Record<string, Service>>

export type ServiceName = keyof typeof services
export type ModuleName = (typeof services)[ServiceName]['modules'][number]

export const serviceNames = Object.keys(services) as readonly ServiceName[]

export const isServiceName = (name: string): name is ServiceName => Object.hasOwn(services, name)

/** The modules of one service, or all modules. */
export const modulesOf = (service?: ServiceName): readonly ModuleName[] =>
  service === undefined ? serviceNames.flatMap((name) => services[name].modules) : services[service].modules

/** `DATABASE_URL_ORDERING`. */
export const databaseVariableOf = (service: ServiceName): string => `DATABASE_URL_${service.toUpperCase()}`

/** The service that runs a module. */
export function serviceOf(module: ModuleName): ServiceName {
  const found = serviceNames.find((name) => modulesOf(name).includes(module))
  if (!found) throw new Error(`No service runs the module ${module}: add it to apps/services/services.ts`)
  return found
}

const unversioned = /^\/api\/(auth|catalog|orders|payments|delivery)(?=\/|$)/

const routes = serviceNames
  // Each service answers operators for itself.
  .flatMap((name) => [...services[name].paths, `/api/v1/admin/services/${name}`].map((path) => ({ name, path })))
  .toSorted((a, b) => b.path.length - a.path.length)

/**
 * The service that answers a public path; undefined where none does. The shop answers everything outside `/api`: its pages.
 * `path` is decoded and has no query.
 */
export function serviceOfPath(path: string): ServiceName | undefined {
  const versioned = path.replace(unversioned, '/api/v1/$1')
  const found = routes.find(({ path: prefix }) => versioned === prefix || versioned.startsWith(`${prefix}/`))
  if (found) return found.name
  return /^\/(api|metrics|health|admin\/health)(\/|$)/.test(path) ? undefined : 'shop'
}
