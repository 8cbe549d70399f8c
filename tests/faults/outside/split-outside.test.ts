import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { openDb, openPool } from '#platform/db'
import { eventually, expectResponse, testDatabase } from '#platform/testing'
import { minutes } from '#platform/values'
import { databaseVariableOf, type ServiceName } from '../../../apps/services/services.ts'
import { guest, senderTo } from '../../e2e/http-client.ts'
import { openServices } from '../../e2e/open-services.ts'
import { openOwnDatabases } from '../../e2e/own-databases.ts'
import { firstOf, registerCustomer } from '../../e2e/purchase-steps.ts'
import { secrets, staff } from '../../e2e/secrets.ts'
import { spawnPosad, temporaryDirectory } from '../../start/shop-process.ts'
import { openFaultProxy } from '../split/fault-proxy.ts'
import { openBank } from './bank.ts'
import { openCarrier } from './carrier.ts'
import { compareWithOutside, placeOrdersUntil, unfinishedOrders } from './outside-orders.ts'

/** Seconds of the outage. `OUTAGE_SECONDS=600` measures ten minutes. */
const outage = Number(process.env['OUTAGE_SECONDS'] ?? 4)
/** Milliseconds after the return of the outside within which every order must have ended. */
const recovery = minutes(4)
const directory = temporaryDirectory()

/** A clock that the test sets forward: sagas, payments and holds of every service follow it. */
let ahead = 0
const now = () => new Date(Date.now() + ahead)

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
function opened<Opened extends { close: () => Promise<unknown> }>(one: Opened): Opened {
  closing.push(one.close)
  return one
}

/** A mail server behind a network that breaks. */
async function openMailServer() {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope: { rcptTo } }, done) => {
      stream.resume().on('end', () => {
        mails.push(...rcptTo.map(({ address }) => address))
        done()
      })
    },
  })
  // The broken network resets connections.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  opened({ close: () => new Promise<void>((resolve) => server.close(() => resolve())) })
  const network = opened(await openFaultProxy((server.server.address() as AddressInfo).port))
  return { mails, network }
}

/** Runs every service behind the gateway, with a database of its own, a bank, a carrier and a mail server outside. */
async function openOutside(broker: 'rabbitmq' | 'kafka') {
  const [bank, carrier, mail] = await Promise.all([openBank({ buyers: 'decide' }), openCarrier(), openMailServer()])
  opened(bank)
  opened(carrier)
  const database = opened(await testDatabase({ size: 2 }))
  const own = opened(await openOwnDatabases(broker, database.url))
  const environment: Record<string, string> = {
    ...secrets,
    ...own.environment,
    SERVICE_SECRET: 'the secret that all services of the shop share',
    MIGRATE_ON_START: 'false',
    LOG_LEVEL: 'error',
    POSAD_DATA: directory,
    DB_POOL_SIZE: '4',
    DB_MAX_OVERFLOW: '4',
    DELIVERY_SANDBOX: 'auto',
    ACCESS_TOKEN_TTL_SECONDS: '86400',
    SMTP_URL: `smtp://127.0.0.1:${mail.network.port}`,
    SMTP_FROM: 'Posad <shop@example.org>',
  }
  const adapters = { now, providers: [bank.provider], carriers: [carrier.carrier] }
  const services = opened(await openServices({ environment, copies: 1, adapters }))
  bank.notify(services.address)
  const dbOf = (service: ServiceName) => {
    const pool = openPool({ url: environment[databaseVariableOf(service)] ?? '', size: 2, name: 'fault tests' })
    opened({ close: () => pool.end() })
    return openDb(pool)
  }
  const send = senderTo(services.address)
  return { bank, carrier, mail, environment, send, orders: dbOf('ordering'), payments: dbOf('payments') }
}

async function liveThroughOutage(t: TestContext, broker: 'rabbitmq' | 'kafka'): Promise<void> {
  const { bank, carrier, mail, environment, send, orders, payments } = await openOutside(broker)
  const { variant_id } = await firstOf({ send }, 'teas')
  const correction = { body: { delta: 100_000, reason: 'for a long day' } }
  expectResponse(await send(staff, `POST /admin/variants/${variant_id}/stock`, correction), 201)
  const end = Date.now() + (outage + 2) * 1000
  const buyers = Array.from({ length: 3 }, async () => {
    const { access_token: as } = await registerCustomer({ send })
    return await placeOrdersUntil({ send, as, variant_id, isOver: () => Date.now() > end })
  })
  const {
    user: { email },
  } = await registerCustomer({ send })
  await sleep(1000)
  bank.become('away')
  carrier.become('away')
  mail.network.become('cut')
  expectResponse(await send(guest, 'POST /auth/password/forgot', { body: { email } }), 204)
  const duringOutage = mail.mails.length
  await sleep(outage * 1000)
  bank.become('well')
  carrier.become('well')
  mail.network.become('well')
  const returnedAt = performance.now()
  const ids = (await Promise.all(buyers)).flat()
  await eventually(async () => assert.deepEqual(await unfinishedOrders(orders, ids, ['awaiting-payment']), []), {
    within: recovery,
    every: 500,
  })
  const took = Math.round(performance.now() - returnedAt)
  ahead += minutes(31)
  await eventually(async () => assert.deepEqual(await unfinishedOrders(orders, ids), []), {
    within: recovery,
    every: 500,
  })
  await compareWithOutside(ids, { orders, payments, bank, carrier })
  await eventually(() => assert.ok(mail.mails.includes(email ?? ''), `${duringOutage} mails before`), {
    within: recovery,
    every: 500,
  })
  await eventually(
    async () => {
      const { exited, output } = spawnPosad('check', environment)
      assert.equal(await exited, 0, output())
      t.diagnostic(/\d+ invariants hold/.exec(output())?.[0] ?? '')
    },
    { within: recovery, every: 1000 },
  )
  t.diagnostic(`${ids.length} orders; all had ended or waited for their buyers ${took} ms after the return`)
}

for (const [broker, variable] of [
  ['rabbitmq', 'RABBITMQ_URL'],
  ['kafka', 'KAFKA_BOOTSTRAP_SERVERS'],
] as const) {
  const skip = process.env[variable]
    ? false
    : `SKIPPED: ${variable} is not set: scripts/services.sh up ${broker} starts a server`
  const name = `while bank, carrier and mail server are away, orders of services over ${broker} wait; each ends right after their return (REL-3, PLT-14, F-1)`
  test(name, { skip, timeout: minutes(15) }, async (t) => await liveThroughOutage(t, broker))
}
