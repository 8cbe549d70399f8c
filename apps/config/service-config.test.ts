import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { ServiceName } from '../services/services.ts'
import { readAppConfig } from './config.ts'
import { refuseServiceDatabases, serviceConfigOf } from './service-config.ts'

const SERVICE_SECRET = 'the secret that all services of the shop share'
const DATABASE_URL = 'postgresql://tea:hunter2@db:5432/shop'
const ownDatabases = {
  DATABASE_URL_ORDERING: 'postgresql://tea:hunter2@db:5432/ordering',
  DATABASE_URL_PAYMENTS: 'postgresql://tea:hunter2@db:5432/payments',
}

const configOf = (environment: Record<string, string>, service: ServiceName, isSingle = true) =>
  serviceConfigOf(readAppConfig(environment), service, { isSingle })

test('a service listens on its own port, and on APP_PORT only when it runs alone (PLT-11)', () => {
  const shared = { SERVICE_SECRET, DATABASE_URL }
  assert.equal(configOf(shared, 'ordering').app.port, 8003)
  assert.equal(configOf({ ...shared, APP_PORT: '9000' }, 'ordering').app.port, 9000)
  assert.equal(configOf({ ...shared, APP_PORT: '9000' }, 'ordering', false).app.port, 8003)
})

test('services share the secrets of links, streams and mails without a setting for each (PLT-11)', () => {
  const [ordering, payments] = (['ordering', 'payments'] as const).map((service) =>
    configOf({ SERVICE_SECRET, DATABASE_URL }, service),
  )
  assert.equal(ordering?.payments.payLinkSecret, payments?.payments.payLinkSecret)
  assert.equal(ordering?.http.streamSecret, payments?.http.streamSecret)
  assert.equal(ordering?.mail.queueSecret, payments?.mail.queueSecret)
  assert.notEqual(ordering?.mail.queueSecret, ordering?.http.streamSecret)
  assert.notEqual(ordering?.payments.payLinkSecret, ordering?.http.streamSecret)
  assert.doesNotMatch(inspect(ordering), /hunter2/)
})

test('a service without a secret, a database or a broker does not start, and says why (PLT-14)', () => {
  assert.throws(() => configOf({ DATABASE_URL }, 'auth'), /^Refusal: The auth service needs SERVICE_SECRET, the same/)
  assert.throws(
    () => configOf({ SERVICE_SECRET }, 'auth'),
    /^Refusal: The auth service needs a database: set DATABASE_URL_AUTH, or DATABASE_URL/,
  )
  const split = /^Refusal: The services have databases of their own, so their events need a broker/
  assert.throws(() => configOf({ SERVICE_SECRET, ...ownDatabases }, 'ordering'), split)
  assert.throws(() => configOf({ SERVICE_SECRET, DATABASE_URL, ...ownDatabases }, 'auth'), split)
})

test('one process with all modules refuses a database of one service (PLT-11)', () => {
  const refusing = (environment: Record<string, string>) => () => refuseServiceDatabases(readAppConfig(environment))
  assert.throws(refusing(ownDatabases), /^Refusal: DATABASE_URL_ORDERING names a database of its own/)
  assert.throws(refusing({ DATABASE_URL, ...ownDatabases }), /DATABASE_URL_ORDERING names a database of its own/)
  assert.doesNotThrow(refusing({ DATABASE_URL, DATABASE_URL_ORDERING: DATABASE_URL }))
})
