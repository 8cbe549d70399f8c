import { cart } from '#cart'
import { catalog, type CatalogApi } from '#catalog'
import { delivery, type Carrier } from '#delivery'
import { dispatch, type DispatchApi } from '#dispatch'
import { identity } from '#identity'
import { media } from '#media'
import { ordering, orderLinksOf } from '#ordering'
import { paymentCancellationRequested, paymentRequested, refundRequested } from '#ordering/events'
import { payLinksOf, payments, type PayLinks, type Provider } from '#payments'
import { promotions } from '#promotions'
import { support } from '#support'
import { webhooks } from '#webhooks'
import type { Cache } from '#platform/cache'
import type { openStorage } from '#platform/storage'
import type { Db } from '#platform/db'
import type { Rates } from '#platform/limits'
import type { MailQueue } from '#platform/mail'
import { systemClock, type Clock } from '#platform/values'
import type { Config } from './config/config.ts'
import { generatedSecret } from './config/generated-secrets.ts'
import type { Site } from './config/site.ts'
import { apisOf, type Apis, type LocalApis } from './services/apis.ts'
import { modulesOf, type ModuleName } from './services/services.ts'

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
  limits: Rates
  mail: MailQueue
  files: ReturnType<typeof openStorage>
  adapters?: Adapters
  /** The modules to open; all when absent. */
  runs?: readonly ModuleName[]
  /** The functions of modules in other processes. */
  remote?: Apis
  /** Receives the functions of the modules that are opened here. Services of one process share it. */
  local?: LocalApis
}>

/** Opens the modules of this process and connects them to the modules whose `api` they call. */
export function openModules({ runs = modulesOf(), remote, local = {}, ...needs }: Needs) {
  const now = needs.adapters?.now ?? systemClock
  const opening = { ...needs, now, apis: apisOf({ local, remote }), payLinks: openPayLinks(needs.config) }
  const open = <Opened>(name: ModuleName, openOne: (opening: OpenNeeds) => Opened): Opened | undefined =>
    runs.includes(name) ? openOne(opening) : undefined
  const catalogModule = open('catalog', openCatalog)
  const dispatchModule = open('dispatch', ({ config, db, files }) =>
    dispatch({ db, now, storage: files.storage, ...config.dispatch }),
  )
  const opened = {
    identity: open('identity', openIdentity),
    catalog: catalogModule,
    cart: open('cart', ({ config, db, apis }) =>
      cart({ db, now, catalog: apis.catalog, promotions: apis.promotions, ...config.cart }),
    ),
    ordering: open('ordering', openOrdering),
    payments: open('payments', openPayments),
    // The same service has dispatch.
    delivery: dispatchModule && open('delivery', (opening) => openDelivery(opening, dispatchModule.api)),
    dispatch: dispatchModule,
    support: open('support', ({ db }) => support({ db, now })),
    webhooks: open('webhooks', openWebhooks),
    // The same service has the catalog.
    promotions: catalogModule && open('promotions', (opening) => openPromotions(opening, catalogModule.api)),
    media: catalogModule && open('media', (opening) => openMedia(opening, catalogModule.api)),
  }
  for (const name of ['identity', 'catalog', 'cart', 'promotions', 'ordering', 'delivery'] as const)
    if (opened[name]) Object.assign(local, { [name]: opened[name].api })
  return {
    now,
    modules: Object.values(opened).filter((module) => module !== undefined),
    authenticate: opening.apis.identity.authenticate,
    identity: opened.identity,
    catalog: opened.catalog,
  }
}

export type Modules = ReturnType<typeof openModules>

type OpenNeeds = Omit<Needs, 'runs' | 'remote' | 'local'> & Readonly<{ now: Clock; apis: Apis; payLinks: PayLinks }>

function openIdentity({ config, site, db, now, limits, mail, apis }: OpenNeeds) {
  const personalRecords = [
    { name: 'orders', listOf: apis.ordering.exportOrders },
    { name: 'reviews', listOf: apis.catalog.exportReviews },
    { name: 'product_alerts', listOf: apis.catalog.exportAlerts },
  ]
  const { accessTtl, refreshTtl, refreshGrace, machineTokens, telegram } = config.identity
  const tokens = { keys: keysOf(config), ttl: accessTtl }
  const shop = { name: config.app.name, origin: site.origin }
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

function openCatalog({ site, db, now, cache, mail, apis }: OpenNeeds) {
  const letters = { mail, mailboxesOf: apis.identity.accountsOf, origin: site.origin }
  return catalog({ db, now, cache, purchaseOf: apis.ordering.purchaseOf, letters })
}

function openOrdering({ config, site, db, now, limits, mail, apis, payLinks }: OpenNeeds) {
  const { publicUrl = '' } = config.app
  const orderLinks = orderLinksOf(config.ordering.orderLinkSecret ?? generatedSecret(config, 'orderLink'))
  const payUrlOf = (order_id: string) => `${publicUrl}${payLinks.pathOf(order_id)}`
  return ordering({
    db,
    now,
    ...apis,
    ...config.ordering,
    mail,
    mailRates: limits,
    origin: site.origin,
    orderLinks,
    payUrlOf,
  })
}

function openPayments({ config, site, db, now, payLinks, adapters = {} }: OpenNeeds) {
  const { providers } = adapters
  return payments({
    db,
    now,
    ...config.payments,
    ...(providers && { providers }),
    payLinks,
    publicUrl: config.app.publicUrl ?? '',
    returnOrigin: site.origin,
    paymentRequests: [paymentRequested],
    paymentCancellations: [paymentCancellationRequested],
    refundRequests: [refundRequested],
  })
}

function openDelivery({ config, db, now, apis, adapters = {} }: OpenNeeds, dispatchApi: DispatchApi) {
  const { carriers } = adapters
  return delivery({
    db,
    now,
    ordering: apis.ordering,
    catalog: apis.catalog,
    promotions: apis.promotions,
    dispatch: dispatchApi,
    sandbox: config.delivery.sandbox,
    ...(carriers && { carriers }),
  })
}

function openPromotions({ config, db, now, limits, apis }: OpenNeeds, catalog: Pick<CatalogApi, 'categoriesOf'>) {
  const buyerKeySecret = config.promotions.buyerKeySecret ?? generatedSecret(config, 'buyerKey')
  return promotions({ db, now, limits, buyerKeySecret, catalog, ordering: apis.ordering })
}

const openMedia = ({ config, db, now, files }: OpenNeeds, { hasProduct }: Pick<CatalogApi, 'hasProduct'>) =>
  media({ db, now, storage: files.storage, imageWorker: config.media, hasProduct, pages: files.pages })

function openWebhooks({ config, db, now, mail }: OpenNeeds) {
  const { reach, sealSecret = generatedSecret(config, 'webhook') } = config.webhooks
  return webhooks({ db, now, mail, shopName: config.app.name, reach, sealSecret })
}

/** A generated secret is in the data directory. */
const openPayLinks = (config: Config): PayLinks =>
  payLinksOf(config.payments.payLinkSecret ?? generatedSecret(config, 'payLink'))

/** The keys of access tokens; a generated secret is in the data directory. */
function keysOf(config: Config) {
  const { signing } = config.identity
  return signing.kind === 'persisted-secret' ? { secret: generatedSecret(config, 'token') } : signing
}
