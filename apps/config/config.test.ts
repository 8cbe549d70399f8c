import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { inspect, parseEnv } from 'node:util'
import { ConfigError, envExample } from '#platform/config'
import { limitsOf, logLevelOf, readAppConfig, topics } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'posad-config-'))
after(() => rmSync(folder, { recursive: true }))

const fileWith = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** The line that a wrong setting prints. */
function lineOf(environment: Record<string, string>, dotenv?: string): string {
  try {
    readAppConfig(environment, dotenv === undefined ? {} : { dotenv })
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message
  }
  return 'started'
}

const key = 'k'.repeat(32)

describe('without settings', () => {
  test('the shop runs in one process, with an embedded database and sandbox payments (PLT-11, PLT-13)', () => {
    const config = readAppConfig({ POSAD_DATA: '/srv/posad' })
    assert.deepEqual(
      { host: config.app.host, port: config.app.port, name: config.app.name, directory: config.app.directory },
      { host: '127.0.0.1', port: 8000, name: 'posad', directory: '/srv/posad' },
    )
    assert.deepEqual(config.database, {
      kind: 'embedded',
      pool: { size: 10, overflow: 20, recycleSeconds: 300 },
      ofServices: new Map(),
    })
    assert.deepEqual([config.cache.kind, config.payments.sandboxMode], ['memory', 'page'])
    assert.deepEqual(config.identity.signing, { kind: 'persisted-secret' })
    assert.equal(config.ordering.paymentTimeout, 30 * 60_000)
    const limits = limitsOf(config)
    assert.ok(limits.kind === 'on')
    assert.deepEqual(limits.rates.checkout, { count: 120, seconds: 60, burst: 60 })
    assert.deepEqual(limits.rates.login, { count: 5, seconds: 900, burst: 5 })
    assert.equal(logLevelOf(config), 'info')
  })

  test('every default fits its variable (PLT-11)', () => {
    for (const { variables } of Object.values(topics)) {
      for (const [name, variable] of Object.entries(variables))
        if (variable.default !== undefined) assert.notEqual(variable.kind.parse(variable.default), undefined, name)
    }
  })

  test('an empty variable counts as absent, because containers pass empty ones', () => {
    assert.equal(readAppConfig({ APP_PORT: '', JWT_SECRET: '' }).app.port, 8000)
  })
})

describe('sources of a value', () => {
  test('the .env file is read, and the real environment wins over it (PLT-11)', () => {
    const dotenv = fileWith('one.env', 'APP_PORT=9000\nAPP_NAME="Tea & flowers"\nJWT_SECRET=' + 'd'.repeat(32))
    const config = readAppConfig({ APP_PORT: '9001', JWT_SECRET_KEY: key }, { dotenv })
    assert.deepEqual([config.app.port, config.app.name], [9001, 'Tea & flowers'])
    assert.deepEqual(config.identity.signing, { kind: 'secret', secret: key })
  })

  test('the .env file may begin with a byte order mark, and may not be UTF-16 (PLT-11)', () => {
    const config = readAppConfig({}, { dotenv: fileWith('bom.env', '\uFEFFAPP_PORT=9000\r\nAPP_NAME=Tea\r\n') })
    assert.deepEqual([config.app.port, config.app.name], [9000, 'Tea'])
    const wide = fileWith('wide.env', '')
    writeFileSync(wide, '\uFEFFAPP_PORT=9000', 'utf16le')
    assert.equal(lineOf({}, wide), `${wide} is not UTF-8 text: save it as UTF-8`)
  })

  test('the .env file may be missing, but may not be a folder', () => {
    assert.equal(lineOf({}, join(folder, 'absent.env')), 'started')
    assert.match(lineOf({}, folder), /cannot be read/)
  })

  test('a file may hold the value of any variable, with a line break at the end (PLT-11)', () => {
    const config = readAppConfig({
      JWT_SECRET_KEY_FILE: fileWith('jwt', `${key}\n`),
      APP_PORT_FILE: fileWith('port', '81\n'),
    })
    assert.deepEqual([config.identity.signing, config.app.port], [{ kind: 'secret', secret: key }, 81])
    assert.match(
      lineOf({ APP_PORT_FILE: join(folder, 'absent') }),
      /^APP_PORT_FILE names ".*absent", which cannot be read \(ENOENT\)$/,
    )
  })

  test('two names of one setting may have the same value, but not two values (PLT-11)', () => {
    const other = 'o'.repeat(32)
    assert.equal(
      lineOf({ JWT_SECRET: key, JWT_SECRET_KEY: other }),
      'JWT_SECRET and JWT_SECRET_KEY are the same setting with two values: keep one',
    )
    assert.match(
      lineOf({ APP_NAME: 'tea', APP_NAME_FILE: fileWith('name', 'shop') }),
      /APP_NAME \("tea"\) and APP_NAME_FILE \("shop"\)/,
    )
    assert.equal(
      lineOf({ JWT_SECRET: key, JWT_SECRET_KEY: key, JWT_SECRET_FILE: fileWith('same', `${key}\n`) }),
      'started',
    )
  })
})

describe('a wrong value', () => {
  const lines: readonly (readonly [Record<string, string>, string])[] = [
    [{ APP_PORT: 'eighty' }, 'APP_PORT is "eighty": expected a whole number from 0 to 65535'],
    [{ APP_PORT: '70000' }, 'APP_PORT is "70000": expected a whole number from 0 to 65535'],
    [{ DEBUG: 'express:*' }, 'DEBUG is "express:*": expected true or false'],
    [{ PAYMENT_SANDBOX: 'yes' }, 'PAYMENT_SANDBOX is "yes": expected page, auto or decline'],
    [{ PAYMENT_TIMEOUT: '30' }, 'PAYMENT_TIMEOUT is "30": expected a time with its unit, such as 90s, 30m, 24h or 7d'],
    [{ OUTBOX_POLL_INTERVAL: '0' }, 'OUTBOX_POLL_INTERVAL is "0": expected a number from 0.05 to 60'],
    [
      { RATE_LIMIT_LOGIN: '5 per minute' },
      'RATE_LIMIT_LOGIN is "5 per minute": expected a rate such as 5/15m, or 120/1m burst 60',
    ],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS is "*": expected origins such as https://shop.example, separated by commas'],
    [
      { CORS_ORIGINS: 'https://a.example/path' },
      'CORS_ORIGINS is "https://a.example/path": expected origins such as https://shop.example, separated by commas',
    ],
    [
      { TRUSTED_PROXIES: '10.0.0.0/33' },
      'TRUSTED_PROXIES is "10.0.0.0/33": expected addresses or networks such as 10.0.0.0/8 or loopback, separated by commas',
    ],
    [
      { APP_NAME: `a\nb${'c'.repeat(80)}` },
      `APP_NAME is "a\\nb${'c'.repeat(54)}...": expected text of at most 64 characters`,
    ],
    [
      { PUBLIC_URL: 'https://shop.example/tea' },
      'PUBLIC_URL is "https://shop.example/tea": expected an address such as https://shop.example, without a path',
    ],
    [{ JWT_SECRET: 'short secret' }, 'JWT_SECRET is wrong: expected at least 32 characters'],
    [
      { DATABASE_URL: 'mysql://u:hunter2@h/d' },
      'DATABASE_URL is wrong: expected a PostgreSQL address such as postgresql://user:password@host:5432/database',
    ],
    [{ JWT_PRIVATE_KEY: 'not a key' }, 'JWT_PRIVATE_KEY is wrong: expected an Ed25519 private key in PEM'],
  ]
  for (const [environment, line] of lines) {
    test(`stops the start with the line: ${line.slice(0, 60)} (PLT-11)`, () => assert.equal(lineOf(environment), line))
  }

  test('in the .env file is reported with the path of the file', () => {
    const dotenv = fileWith('wrong.env', 'APP_PORT=x')
    assert.equal(lineOf({}, dotenv), `APP_PORT in ${dotenv} is "x": expected a whole number from 0 to 65535`)
  })

  test('a broker without its address stops the start (PLT-3)', () => {
    assert.equal(
      lineOf({ EVENT_BROKER_TYPE: 'rabbitmq' }),
      'EVENT_BROKER_TYPE is rabbitmq: expected RABBITMQ_URL beside it',
    )
    assert.equal(
      lineOf({ EVENT_BROKER_TYPE: 'kafka' }),
      'EVENT_BROKER_TYPE is kafka: expected KAFKA_BOOTSTRAP_SERVERS beside it',
    )
    assert.equal(
      lineOf({ RABBITMQ_URL: 'http://rabbit' }),
      'RABBITMQ_URL is wrong: expected an address such as amqp://user:password@host:5672/virtual-host',
    )
  })

  test('a setting of later versions is refused, never silently ignored (PLT-3)', () => {
    assert.match(lineOf({ WORKERS_COUNT: '0' }), /^WORKERS_COUNT is "0"/)
  })
})

describe('the cache', () => {
  const redisOf = (environment: Record<string, string>) => {
    const { cache } = readAppConfig(environment)
    assert.ok(cache.kind === 'redis')
    return cache.url
  }

  test('is in the Redis that REDIS_URL or REDIS_HOST names (PLT-8)', () => {
    assert.equal(redisOf({ REDIS_URL: 'rediss://user:p%40ss@r:7000/2' }), 'rediss://user:p%40ss@r:7000/2')
    assert.equal(redisOf({ REDIS_HOST: 'r' }), 'redis://r:6379')
    assert.equal(
      redisOf({ REDIS_HOST: '::1', REDIS_PORT: '7000', REDIS_PASSWORD: 'a/b@c' }),
      'redis://:a%2Fb%40c@[::1]:7000',
    )
    assert.equal(redisOf({ REDIS_URL: 'redis://r', REDIS_HOST: 'r', REDIS_PORT: '6379' }), 'redis://r')
  })

  test('refuses a Redis that is named twice or not at all, and shows no password (PLT-8)', () => {
    assert.match(
      lineOf({ REDIS_PORT: '7000' }),
      /^REDIS_PORT is set without a server: expected REDIS_HOST or REDIS_URL/,
    )
    assert.match(
      lineOf({ REDIS_URL: 'redis://r', REDIS_HOST: 'other' }),
      /^REDIS_HOST and REDIS_URL are the same setting/,
    )
    const wrong = lineOf({ REDIS_URL: 'http://:hunter2@r' })
    assert.match(wrong, /^REDIS_URL is wrong: expected a Redis address/)
    assert.doesNotMatch(wrong, /hunter2/)
  })
})

describe('the database', () => {
  test('at DB_HOST has an address with any characters in its password (PLT-11)', () => {
    const url = (environment: Record<string, string>) => {
      const { database } = readAppConfig(environment)
      assert.ok(database.kind === 'external')
      return database.url
    }
    assert.equal(url({ DB_HOST: 'db' }), 'postgresql://posad@db:5432/posad')
    assert.equal(
      url({
        DB_HOST: 'db',
        DB_PORT: '6432',
        POSTGRES_USER: 'tea',
        POSTGRES_PASSWORD: 'p@ss/w:rd',
        POSTGRES_DB: 'shop',
      }),
      'postgresql://tea:p%40ss%2Fw%3Ard@db:6432/shop',
    )
    assert.equal(url({ DB_HOST: '::1' }), 'postgresql://posad@[::1]:5432/posad')
    assert.equal(url({ DB_HOST: '/run/postgresql' }), 'postgresql://posad@%2Frun%2Fpostgresql:5432/posad')
    assert.equal(url({ DATABASE_URL: 'postgresql+asyncpg://u:p@h/d' }), 'postgresql://u:p@h/d')
  })

  test('with contradicting or incomplete settings stops the start (PLT-11)', () => {
    const address = 'postgresql://tea:secret@db:5432/shop'
    assert.equal(
      lineOf({ DATABASE_URL: address, DB_HOST: 'db', POSTGRES_USER: 'tea', POSTGRES_DB: 'shop', DB_PORT: '5432' }),
      'started',
    )
    assert.equal(
      lineOf({ DATABASE_URL: address, DB_HOST: 'db2' }),
      'DB_HOST and DATABASE_URL are the same setting with two values: keep one',
    )
    assert.equal(
      lineOf({ POSTGRES_PASSWORD: 'x' }),
      'POSTGRES_PASSWORD is set without a server: expected DB_HOST or DATABASE_URL beside it',
    )
  })
})

describe('a separate database for one service', () => {
  const address = 'postgresql://tea:hunter2@db:5432/shop'

  test('is that of an existing service, and its address is not shown (PLT-11)', () => {
    const environment = { DATABASE_URL: address, DATABASE_URL_ORDERING: `${address}2`, DATABASE_URL_SHOP: '' }
    const config = readAppConfig(environment)
    assert.deepEqual([...config.database.ofServices], [['DATABASE_URL_ORDERING', `${address}2`]])
    assert.doesNotMatch(inspect(config), /hunter2/)
    assert.match(
      lineOf({ DATABASE_URL_CATALOG: address }),
      /^DATABASE_URL_CATALOG is the database of no service: expected DATABASE_URL_AUTH, DATABASE_URL_SHOP, /,
    )
    assert.match(lineOf({ DATABASE_URL_SHOP: 'mysql://u:hunter2@h/d' }), /^DATABASE_URL_SHOP is wrong: expected a/)
    const fromFile = readAppConfig({ DATABASE_URL_SHOP_FILE: fileWith('url', address) })
    assert.equal(fromFile.database.ofServices.get('DATABASE_URL_SHOP'), address)
  })
})

test('the start reports a mistyped variable, and the name that was meant (F-75, PLT-11)', () => {
  const line = (name: string, meant: string) =>
    `${name} is set and changes nothing: there is no such variable; did you mean ${meant}?`
  assert.deepEqual(readAppConfig({ PAYMENT_TIMOUT: '10m' }).notices, [line('PAYMENT_TIMOUT', 'PAYMENT_TIMEOUT')])
  const dotenv = fileWith('typo.env', 'DATABSE_URL=postgresql://tea:hunter2@db/shop\nAPP_PROT=80')
  assert.deepEqual(readAppConfig({ JWT_SECRETS_FILE: '/run/jwt' }, { dotenv }).notices.toSorted(), [
    line('APP_PROT', 'APP_PORT'),
    line('DATABSE_URL', 'DATABASE_URL'),
    line('JWT_SECRETS_FILE', 'JWT_SECRET_FILE'),
  ])
})

test('the start says nothing about the variables of other programs', () => {
  const others = { PATH: '/bin', HOME: '/root', LOGNAME: 'posad', APP_PORT_FILE: '', HOSTNAME: 'a', PGPORT: '5432' }
  assert.deepEqual(readAppConfig(others).notices, [])
})

test('the start names a setting that comes in a later version (F-56, PLT-11)', () => {
  const { notices } = readAppConfig({ CDEK_PASSWORD: 'hunter2', CACHE_ANALYTICS_TTL: '30' })
  assert.deepEqual(notices, [
    'CDEK_PASSWORD is set and changes nothing: this carrier comes in a later version',
    'CACHE_ANALYTICS_TTL is set and changes nothing: the cache of reports comes in a later version',
  ])
})

test('files are in the data directory, or in S3 when all of its settings are there (MED-4)', () => {
  assert.deepEqual(readAppConfig({}).storage.place, { kind: 'local' })
  const keys = { S3_BUCKET: 'posad', S3_ACCESS_KEY: 'tea', S3_SECRET_KEY: 'hunter2' }
  const { place, publicBaseUrl } = readAppConfig({
    ...keys,
    S3_ENDPOINT_URL: 'http://127.0.0.1:9000',
    PUBLIC_IMAGE_BASE_URL: 'https://cdn.example/posad/',
  }).storage
  const s3 = { kind: 's3', endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', bucket: 'posad' }
  assert.deepEqual(place, { ...s3, accessKey: 'tea', secretKey: 'hunter2' })
  assert.equal(publicBaseUrl, 'https://cdn.example/posad')
  assert.throws(() => readAppConfig(keys), /Files in S3 need .*: set S3_ENDPOINT as well/)
})

test('the address of the shop may end with a slash or not (SEC-4)', () => {
  for (const PUBLIC_URL of ['https://shop.example/', 'https://shop.example'])
    assert.equal(readAppConfig({ PUBLIC_URL }).app.publicUrl, 'https://shop.example')
})

describe('tokens', () => {
  const pair = generateKeyPairSync('ed25519')
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).trim()
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).trim()

  test('are signed with an Ed25519 key when one is given, on one line or several (ID-5)', () => {
    const oneLine = privateKey.replaceAll('\n', '\\n')
    const { signing } = readAppConfig({
      JWT_PRIVATE_KEY: oneLine,
      JWT_PREVIOUS_PUBLIC_KEYS: `${publicKey}\n${publicKey}`,
    }).identity
    assert.deepEqual(signing, { kind: 'ed25519', privateKey, previousPublicKeys: [publicKey, publicKey] })
  })

  test('are signed with one key only', () => {
    assert.match(lineOf({ JWT_PRIVATE_KEY: privateKey, JWT_SECRET: key }), /both set/)
    assert.match(lineOf({ JWT_PREVIOUS_PUBLIC_KEYS: publicKey }), /without JWT_PRIVATE_KEY/)
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    assert.match(lineOf({ JWT_PRIVATE_KEY: rsa }), /expected an Ed25519/)
  })
})

test('the API pages are on, DEBUG=false turns them off, and API_DOCS overrides both (rule 12)', () => {
  const docs = (environment: Record<string, string>) => readAppConfig(environment).app.apiDocs
  assert.deepEqual(
    [
      docs({}),
      docs({ DEBUG: 'true' }),
      docs({ DEBUG: 'false' }),
      docs({ DEBUG: 'false', API_DOCS: '1' }),
      docs({ API_DOCS: 'off' }),
    ],
    [true, true, false, true, false],
  )
})

test('a printed configuration shows no secret (SEC-4)', () => {
  const config = readAppConfig({
    DATABASE_URL: 'postgresql://tea:hunter2@db/shop',
    JWT_SECRET: `${key}-jwt`,
    PAY_LINK_SECRET: `${key}-pay-links`,
    ADMIN_API_TOKEN: 'admin-token-0123456789',
    METRICS_TOKEN: 'metrics-token-0123456789',
  })
  for (const printed of [JSON.stringify(config), inspect(config, { depth: 9 })]) {
    assert.doesNotMatch(printed, /hunter2|kkkk|admin-token|metrics-token/)
    assert.match(printed, /8000/)
  }
  assert.equal(config.identity.machineTokens.admin, 'admin-token-0123456789')
})

test('.env.example with every line active starts the same shop as no .env at all (PLT-11)', () => {
  const active = envExample(Object.values(topics)).replaceAll(/^#(?=[A-Z_]+=)/gm, '')
  assert.deepEqual(readAppConfig(parseEnv(active)), readAppConfig({}))
})

test('DEBUG=true logs more, unless LOG_LEVEL is set (PLT-16)', () => {
  assert.equal(logLevelOf(readAppConfig({ DEBUG: 'true' })), 'debug')
  assert.equal(logLevelOf(readAppConfig({ DEBUG: 'true', LOG_LEVEL: 'warn' })), 'warn')
})

test('RATE_LIMITS=false turns every rate limit off', () => {
  assert.deepEqual(limitsOf(readAppConfig({ RATE_LIMITS: 'false' })), { kind: 'off' })
})
