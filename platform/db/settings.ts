import {
  ConfigError,
  integer,
  optional,
  postgresUrl,
  secret,
  settings,
  text,
  withDefault,
  type ValuesOf,
} from '#platform/config'

const variables = {
  DATABASE_URL: secret(postgresUrl, 'The address of your server, postgresql://user:password@host:5432/database.'),
  DB_HOST: optional(text(1, 255), 'Host name, address or socket directory.'),
  DB_PORT: optional(integer(1, 65_535), 'Port; 5432 when DB_HOST is given.'),
  POSTGRES_USER: optional(text(1, 63), 'User; posad when DB_HOST is given.'),
  POSTGRES_PASSWORD: secret(text(), 'Password.'),
  POSTGRES_DB: optional(text(1, 63), 'Database; posad when DB_HOST is given.'),
  DB_POOL_SIZE: withDefault(integer(1, 500), '10', 'Connections that one process keeps open.'),
  DB_MAX_OVERFLOW: withDefault(integer(0, 500), '20', 'Further connections that it may open under load.'),
  DB_POOL_RECYCLE: withDefault(integer(10, 86_400), '300', 'Seconds after which a connection is replaced.'),
}

type Values = ValuesOf<typeof variables>

type Pool = Readonly<{ size: number; overflow: number; recycleSeconds: number }>

/** The PostgreSQL to use: the embedded one, or the one at `url`. */
type Database = Readonly<{ kind: 'embedded'; pool: Pool }> | Readonly<{ kind: 'external'; url: string; pool: Pool }>

/** `ofServices`: the addresses of services with a database of their own, by variable. The app knows the services. */
type DatabaseSettings = Database & Readonly<{ ofServices: ReadonlyMap<string, string> }>

/** The settings of the database. */
export const databaseSettings = settings({
  title: 'PostgreSQL: DATABASE_URL or DB_HOST name your server; without them an embedded one runs in POSAD_DATA',
  variables,
  families: {
    DATABASE_URL_: secret(
      postgresUrl,
      'The database of one service that runs in a process of its own, as in DATABASE_URL_ORDERING; DATABASE_URL when absent.',
    ),
  },
  read: (values, families): DatabaseSettings => ({ ...databaseOf(values), ofServices: families.DATABASE_URL_ }),
})

function databaseOf(values: Values): Database {
  const pool = { size: values.DB_POOL_SIZE, overflow: values.DB_MAX_OVERFLOW, recycleSeconds: values.DB_POOL_RECYCLE }
  if (values.DATABASE_URL) {
    refuseContradiction(values.DATABASE_URL, values)
    return { kind: 'external', url: values.DATABASE_URL, pool }
  }
  if (values.DB_HOST) return { kind: 'external', url: urlOf(values.DB_HOST, values), pool }
  // Without this refusal, data would land in the embedded database instead of the described one.
  const stray = (['DB_PORT', 'POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'] as const).find((name) => values[name])
  if (stray) throw new ConfigError(`${stray} is set without a server: expected DB_HOST or DATABASE_URL beside it`)
  return { kind: 'embedded', pool }
}

function urlOf(host: string, { DB_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB }: Values): string {
  const login = [POSTGRES_USER ?? 'posad', POSTGRES_PASSWORD]
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
  const place = host.includes(':') ? `[${host}]` : encodeURIComponent(host)
  return `postgresql://${login.join(':')}@${place}:${DB_PORT ?? 5432}/${encodeURIComponent(POSTGRES_DB ?? 'posad')}`
}

function refuseContradiction(address: string, values: Values): void {
  const url = new URL(address)
  const parts = {
    DB_HOST: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    DB_PORT: Number(url.port || 5432),
    POSTGRES_USER: decodeURIComponent(url.username),
    POSTGRES_PASSWORD: decodeURIComponent(url.password),
    POSTGRES_DB: decodeURIComponent(url.pathname.slice(1)),
  }
  for (const name of Object.keys(parts) as (keyof typeof parts)[]) {
    const given = values[name]
    if (given !== undefined && given !== parts[name]) {
      throw new ConfigError(`${name} and DATABASE_URL are the same setting with two values: keep one`)
    }
  }
}
