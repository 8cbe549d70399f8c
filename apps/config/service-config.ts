import { createHmac } from 'node:crypto'
import { databaseVariableOf, serviceNames, services, type ServiceName } from '../services/services.ts'
import { Refusal } from '../terminal/refusal.ts'
import { changed, type Config } from './config.ts'

/** The address of a service's database: its own, otherwise that of the whole; undefined for the embedded one. */
const urlOf = ({ database }: Config, service: ServiceName): string | undefined =>
  database.ofServices.get(databaseVariableOf(service)) ?? (database.kind === 'external' ? database.url : undefined)

type Options = Readonly<{
  /** `APP_PORT` is the port of this service. */
  isSingle: boolean
}>

/**
 * The settings of one service: its database, its port, and secrets that it shares with the other services. Refuses settings
 * with which services cannot run apart.
 */
export function serviceConfigOf(config: Config, service: ServiceName, { isSingle }: Options): Config {
  const secret = secretOf(config, service)
  const url = urlOf(config, service)
  if (url === undefined)
    throw new Refusal(
      `The ${service} service needs a database: set ${databaseVariableOf(service)}, or DATABASE_URL for all services together`,
    )
  refuseMissingBroker(config)
  const { app, http, payments, ordering, promotions, mail, storage, webhooks, database } = config
  const port = (isSingle ? app.givenPort : undefined) ?? services[service].port
  const derived = (purpose: string) => createHmac('sha256', secret).update(purpose).digest('base64url')
  return changed(config, {
    app: { ...app, port, workerPort: isSingle ? app.workerPort : undefined },
    database: { ...database, kind: 'external' as const, url },
    http: {
      ...http,
      // The gateway on this machine passes on the addresses of clients.
      trustedProxies: http.trustedProxies.length > 0 ? http.trustedProxies : ['loopback'],
      streamSecret: http.streamSecret ?? derived('streams'),
    },
    payments: { ...payments, payLinkSecret: payments.payLinkSecret ?? derived('pay links') },
    ordering: { ...ordering, orderLinkSecret: ordering.orderLinkSecret ?? derived('order links') },
    promotions: { ...promotions, buyerKeySecret: promotions.buyerKeySecret ?? derived('buyer keys') },
    // Services over one database share the queue: the worker of any of them may send the mail of another.
    mail: { ...mail, queueSecret: mail.queueSecret ?? derived('mails') },
    storage: { ...storage, linkSecret: storage.linkSecret ?? derived('file links') },
    webhooks: { ...webhooks, sealSecret: webhooks.sealSecret ?? derived('webhook secrets') },
  })
}

/** The secret with which services sign their calls. */
export function secretOf({ services: { secret } }: Config, service: string): string {
  if (secret !== undefined) return secret
  throw new Refusal(
    `The ${service} service needs SERVICE_SECRET, the same in every service and at least 32 characters: openssl rand -base64 32 makes one`,
  )
}

/** Services over one database share its log. Over several, only a broker carries events from one to the other. */
function refuseMissingBroker(config: Config): void {
  if (config.broker.kind !== 'embedded' || sharesDatabase(config)) return
  throw new Refusal(
    'The services have databases of their own, so their events need a broker: set EVENT_BROKER_TYPE to rabbitmq or kafka, or give all of them one DATABASE_URL',
  )
}

const sharesDatabase = (config: Config): boolean => new Set(serviceNames.map((name) => urlOf(config, name))).size === 1

/** Refuses databases of services where all modules run over one. */
export function refuseServiceDatabases({ database }: Config): void {
  const { ofServices } = database
  for (const [name, url] of ofServices) {
    if (database.kind === 'external' && database.url === url) continue
    throw new Refusal(
      `${name} names a database of its own, and one process without named services uses one database: start the services by name, as in posad start auth, set POSAD_SERVICE for a command, or remove ${name}`,
    )
  }
}
