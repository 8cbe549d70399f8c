import { join } from 'node:path'
import { cart } from '#cart'
import { catalog, type CatalogApi } from '#catalog'
import { delivery, type Carrier } from '#delivery'
import { dispatch } from '#dispatch'
import { identity, type PersonalRecords } from '#identity'
import { media } from '#media'
import { ordering, orderLinksOf } from '#ordering'
import { paymentCancellationRequested, paymentRequested } from '#ordering/events'
import { payLinksOf, payments, type Provider } from '#payments'
import type { Cache } from '#platform/cache'
import type { openStorage } from '#platform/storage'
import { persistedSecret } from '#platform/config'
import type { Db } from '#platform/db'
import type { MailQueue } from '#platform/mail'
import { systemClock, type Clock } from '#platform/values'
import { limitsOf, type Config } from './config.ts'
import type { Site } from './site.ts'

/** The clock, the payment providers and the carriers of an app. */
export type Adapters = Readonly<{
  /** The system's clock when absent. */
  now?: Clock
  /** Payment providers before the sandbox and cash. */
  providers?: readonly Provider[]
  /** The shop's own couriers and pickup points when absent. */
  carriers?: readonly Carrier[]
}>

type Needs = Readonly<{
  config: Config
  site: Site
  db: Db
  cache: Cache
  mail: MailQueue
  files: ReturnType<typeof openStorage>
  adapters?: Adapters
}>

/** Opens every module and connects it to the modules whose `api` it calls. */
export function openModules({ config, site, db, cache, mail, files, adapters = {} }: Needs) {
  const { now = systemClock, providers, carriers } = adapters
  const { publicUrl = '', directory } = config.app
  const secretOf = (name: string) => persistedSecret(join(directory, name))
  const payLinks = payLinksOf(config.payments.payLinkSecret ?? secretOf('pay-link-secret'))
  const orderLinks = orderLinksOf(config.ordering.orderLinkSecret ?? secretOf('order-link-secret'))
  // Ordering needs identity as well, so it opens afterwards.
  const exportOrders = (user_id: string) => orderingModule.exportOrders(user_id)
  const identityModule = openIdentity({ config, site, db, now, mail, exportOrders })
  const catalogModule = catalog({ db, now, cache })
  const cartModule = cart({ db, now, catalog: catalogModule.api })
  const orderingModule: ReturnType<typeof ordering> = ordering({
    db,
    now,
    identity: identityModule.api,
    cart: cartModule.api,
    catalog: catalogModule.api,
    // Delivery needs ordering as well, so it opens afterwards.
    delivery: {
      choosePickupPoint: (id) => deliveryModule.api.choosePickupPoint(id),
      shipmentOf: (order_id) => deliveryModule.api.shipmentOf(order_id),
    },
    ...config.ordering,
    mail,
    origin: site.origin,
    orderLinks,
    payUrlOf: (order_id) => `${publicUrl}${payLinks.pathOf(order_id)}`,
  })
  const paymentsModule = payments({
    db,
    now,
    ...config.payments,
    ...(providers && { providers }),
    payLinks,
    publicUrl,
    returnOrigin: site.origin,
    paymentRequests: [paymentRequested],
    paymentCancellations: [paymentCancellationRequested],
  })
  const deliveryModule: ReturnType<typeof delivery> = delivery({
    db,
    now,
    ordering: orderingModule.api,
    sandbox: config.delivery.sandbox,
    ...(carriers && { carriers }),
  })
  const dispatchModule = dispatch({ db, now, ...config.dispatch })
  return {
    now,
    modules: [
      identityModule,
      catalogModule,
      cartModule,
      orderingModule,
      paymentsModule,
      deliveryModule,
      dispatchModule,
      openMedia({ config, db, now, files }, catalogModule.api),
    ],
    identity: identityModule,
    catalog: catalogModule,
  }
}

type MediaNeeds = Pick<Needs, 'config' | 'db' | 'files'> & Readonly<{ now: Clock }>

const openMedia = ({ config, db, now, files }: MediaNeeds, { hasProduct }: Pick<CatalogApi, 'hasProduct'>) =>
  media({ db, now, storage: files.storage, imageWorker: config.media, hasProduct, pages: files.pages })

export type Modules = ReturnType<typeof openModules>

type IdentityParts = Pick<Needs, 'config' | 'site' | 'db' | 'mail'> &
  Readonly<{ now: Clock; exportOrders: PersonalRecords['listOf'] }>

function openIdentity({ config, site, db, mail, now, exportOrders }: IdentityParts) {
  const personalRecords = [{ name: 'orders', listOf: exportOrders }]
  const { accessTtl, refreshTtl, refreshGrace, machineTokens, telegram } = config.identity
  const tokens = { keys: keysOf(config), ttl: accessTtl }
  const shop = { name: config.app.name, origin: site.origin }
  const limits = limitsOf(config)
  return identity({
    db,
    now,
    tokens,
    machineTokens,
    refreshTtl,
    refreshGrace,
    limits,
    mail,
    shop,
    telegram,
    personalRecords,
  })
}

/** The keys of access tokens; a generated secret is in the data directory. */
function keysOf({ identity: { signing }, app }: Config) {
  if (signing.kind !== 'persisted-secret') return signing
  return { secret: persistedSecret(join(app.directory, 'jwt-secret')) }
}
