import { resolve } from 'node:path'
import { cartSettings } from '#cart/settings'
import { deliverySettings } from '#delivery/settings'
import { dispatchSettings } from '#dispatch/settings'
import { identitySettings } from '#identity/settings'
import { mediaSettings } from '#media/settings'
import { orderingSettings } from '#ordering/settings'
import { paymentsSettings } from '#payments/settings'
import { promotionsSettings } from '#promotions/settings'
import { cacheSettings } from '#platform/cache'
import {
  ConfigError,
  flag,
  flagOrAuto,
  integer,
  optional,
  origin,
  readConfig,
  settings,
  text,
  withDefault,
  type ConfigOf,
} from '#platform/config'
import { databaseSettings } from '#platform/db'
import { brokerSettings } from '#platform/broker'
import { eventSettings } from '#platform/events'
import { httpSettings } from '#platform/http'
import { jobSettings } from '#platform/jobs'
import type { Rates, SharedCounts } from '#platform/limits'
import { mailSettings } from '#platform/mail'
import { storageSettings } from '#platform/storage'
import { errorReportSettings, logSettings, tracingSettings } from '#platform/telemetry'
import { webhooksSettings } from '#webhooks/settings'
import { gatewaySettings } from '../gateway/settings.ts'
import { databaseVariableOf, serviceNames } from '../services/services.ts'
import { storefrontSettings } from '../storefront/settings.ts'
import { serviceSettings } from './service-settings.ts'

const appSettings = settings({
  title: 'The program',
  variables: {
    APP_NAME: withDefault(text(1, 64), 'posad', 'The name of the shop in logs and e-mails.'),
    APP_HOST: withDefault(text(1, 255), '127.0.0.1', 'The address to listen on; 0.0.0.0 in a container.'),
    APP_PORT: optional(
      integer(0, 65_535),
      'The port to listen on; 0 takes any free one. 8000 when absent, and 8001 to 8005 for the services.',
    ),
    PUBLIC_URL: optional(
      origin,
      'The address of the shop for people, such as https://shop.example: links begin with it; with https, browsers may use https only.',
    ),
    WORKERS_COUNT: withDefault(
      integer(1, 64),
      '1',
      'Processes of one start that share its port, its connections and its jobs; at most as many as the machine has cores.',
    ),
    BACKGROUND_WORK: withDefault(
      flag,
      'true',
      'Handle events and run jobs in the processes that answer requests; false where posad worker does it.',
    ),
    WORKER_PORT: optional(
      integer(0, 65_535),
      'The port of posad worker for health and metrics; 100 above the port of its service when absent: 8100 for the whole shop.',
    ),
    DEBUG: optional(flag, 'true logs more; an explicit false also turns the API pages off.'),
    POSAD_DATA: withDefault(text(), '.posad', 'The directory of the embedded database, files and generated secrets.'),
    MIGRATE_ON_START: withDefault(flag, 'true', 'Bring the database schema up to date at every start.'),
    DEMO_DATA: withDefault(
      flagOrAuto,
      'auto',
      'Fill an empty shop with demo products; auto: only with the embedded database.',
    ),
    API_DOCS: optional(flag, 'Serve /api/docs, /api/redoc and the API documents; on unless DEBUG=false.'),
  },
  read: (values) => {
    return {
      name: values.APP_NAME,
      host: values.APP_HOST,
      port: values.APP_PORT ?? 8000,
      givenPort: values.APP_PORT,
      publicUrl: values.PUBLIC_URL,
      debug: values.DEBUG ?? false,
      directory: resolve(values.POSAD_DATA),
      processes: values.WORKERS_COUNT,
      hasBackground: values.BACKGROUND_WORK,
      workerPort: values.WORKER_PORT,
      migrateOnStart: values.MIGRATE_ON_START,
      demo: values.DEMO_DATA,
      apiDocs: values.API_DOCS ?? values.DEBUG ?? true,
    }
  },
})

/** Every setting of the program, in the order of `.env.example`. */
export const topics = {
  app: appSettings,
  services: serviceSettings,
  gateway: gatewaySettings,
  http: httpSettings,
  database: databaseSettings,
  events: eventSettings,
  broker: brokerSettings,
  jobs: jobSettings,
  cache: cacheSettings,
  storage: storageSettings,
  logs: logSettings,
  tracing: tracingSettings,
  errorReports: errorReportSettings,
  mail: mailSettings,
  identity: identitySettings,
  media: mediaSettings,
  cart: cartSettings,
  promotions: promotionsSettings,
  ordering: orderingSettings,
  payments: paymentsSettings,
  delivery: deliverySettings,
  dispatch: dispatchSettings,
  webhooks: webhooksSettings,
  storefront: storefrontSettings,
}

/** All settings, typed. `app.directory` is absolute, times are milliseconds. */
export type Config = ConfigOf<typeof topics>

/** The beginnings of variables whose parts come in later versions. */
const later: Readonly<Record<string, string>> = {
  CACHE_ANALYTICS_TTL: 'the cache of reports',
  YOOKASSA_: 'this payment provider',
  STRIPE_: 'this payment provider',
  CDEK_: 'this carrier',
}

/** Reads the settings of the program; a `.env` file at `dotenv` may be missing. Throws a ConfigError. */
export const readAppConfig = (
  environment: Readonly<Record<string, string | undefined>>,
  sources: { dotenv?: string } = {},
): Config => {
  const config = readConfig(environment, { topics, later, ...sources })
  const known = serviceNames.map(databaseVariableOf)
  const unknown = [...config.database.ofServices.keys()].find((name) => !known.includes(name))
  if (unknown === undefined) return config
  throw new ConfigError(`${unknown} is the database of no service: expected ${known.join(', ')}`)
}

/** True when other processes may use the database of this one. */
export const mayShareDatabase = ({ app, database }: Config): boolean =>
  database.kind === 'external' || app.processes > 1

/** A copy with other values. It prints like the original, without secrets. */
export function changed(config: Config, values: Partial<Config>): Config {
  const hidden = Object.entries(Object.getOwnPropertyDescriptors(config)).filter(([, { enumerable }]) => !enumerable)
  const symbols = Object.getOwnPropertySymbols(config).map(
    (symbol) => [symbol, Object.getOwnPropertyDescriptor(config, symbol) ?? {}] as const,
  )
  return Object.defineProperties({ ...config, ...values }, Object.fromEntries([...hidden, ...symbols]))
}

/** The rate limits of the HTTP server and of the modules, or none. `counts` are those of all processes. */
export function limitsOf({ http, storage, identity, ordering, promotions }: Config, counts?: SharedCounts): Rates {
  if (!http.hasRateLimits) return { kind: 'off' }
  const ofModules = { ...ordering.rates, ...promotions.rates, ...identity.rates }
  return { kind: 'on', rates: { ...http.rates, ...storage.rates, ...ofModules }, counts }
}

/** The level of all logs: `LOG_LEVEL`, otherwise debug with `DEBUG=true`, otherwise info. */
export const logLevelOf = ({ app, logs }: Config) => logs.level ?? (app.debug ? 'debug' : 'info')
