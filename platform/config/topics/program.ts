import { resolve } from 'node:path'
import { ConfigError } from '../config-error.ts'
import { duration, flag, flagOrAuto, integer, networks, origin, origins, text } from '../kinds.ts'
import { optional, secret, withDefault, type ValuesOf } from '../variable.ts'

export const program = {
  title: 'The program',
  variables: {
    APP_NAME: withDefault(text(1, 64), 'posad', 'Names the shop in logs and letters.'),
    APP_HOST: withDefault(text(1, 255), '127.0.0.1', 'The address to listen on; 0.0.0.0 in a container.'),
    APP_PORT: withDefault(integer(0, 65_535), '8000', 'The port to listen on; 0 takes any free one.'),
    PUBLIC_URL: optional(
      origin,
      'Where people reach the shop from outside, as https://shop.example: for links; with https browsers are told to insist on it.',
    ),
    WORKERS_COUNT: withDefault(integer(1, 64), '1', 'Processes that share the port; this version knows only 1.'),
    DEBUG: optional(flag, 'true logs more; an explicit false also turns the API pages off.'),
    POSAD_DATA: withDefault(text(), '.posad', 'Where the embedded database, files and made secrets live.'),
    MIGRATE_ON_START: withDefault(flag, 'true', 'Bring the database schema up to date at every start.'),
    DEMO_DATA: withDefault(
      flagOrAuto,
      'auto',
      'Fill an empty shop with demo goods; auto: on the first start of the embedded database.',
    ),
    API_DOCS: optional(flag, 'Serve /api/docs, /api/redoc and the API documents; on unless DEBUG=false.'),
    CORS_ORIGINS: withDefault(
      origins,
      '[]',
      'Other origins whose pages may call the API, exactly and comma separated; none by default.',
    ),
    TRUSTED_PROXIES: withDefault(
      networks,
      '[]',
      'Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed, comma separated.',
    ),
    IDEMPOTENCY_TTL: withDefault(duration, '24h', 'How long the answer to an Idempotency-Key is kept.'),
    METRICS_TOKEN: secret(text(16), 'Bearer token that may read /metrics from elsewhere than this machine.'),
  },
}

/** Times are milliseconds, `directory` is absolute. */
export function programOf(values: ValuesOf<typeof program.variables>) {
  if (values.WORKERS_COUNT > 1) {
    throw new ConfigError(
      `WORKERS_COUNT is "${values.WORKERS_COUNT}": this version runs in one process, because cache and limits live in its memory; expected 1`,
    )
  }
  return {
    name: values.APP_NAME,
    host: values.APP_HOST,
    port: values.APP_PORT,
    publicUrl: values.PUBLIC_URL,
    debug: values.DEBUG ?? false,
    directory: resolve(values.POSAD_DATA),
    migrateOnStart: values.MIGRATE_ON_START,
    demo: values.DEMO_DATA,
    apiDocs: values.API_DOCS ?? values.DEBUG ?? true,
    corsOrigins: values.CORS_ORIGINS,
    trustedProxies: values.TRUSTED_PROXIES,
    idempotencyTtl: values.IDEMPOTENCY_TTL,
    metricsToken: values.METRICS_TOKEN,
  }
}
