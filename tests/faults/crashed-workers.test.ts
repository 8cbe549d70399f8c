import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { AdminImage } from '#media/schema'
import { eventually, expectResponse, testDatabase } from '#platform/testing'
import { minutes } from '#platform/values'
import { openApp, type App } from '../../apps/app.ts'
import { checksOf } from '../../apps/checks/checks.ts'
import { readAppConfig } from '../../apps/config/config.ts'
import { seedDemo } from '../../apps/demo/seed.ts'
import { parcelOf, registerCourier } from '../e2e/courier-steps.ts'
import { secrets } from '../e2e/open-shop.ts'
import { firstOf, orderBecomes, placeOrder, press, registerCustomer, toCourier } from '../e2e/purchase-steps.ts'
import { imageFile, settledImages, uploadImage } from '../e2e/upload-image.ts'
import { openCrashingShop, type CrashingShop } from './crashing-shop.ts'
import { retryingClient, type RetryingClient } from './retrying-client.ts'

/** Milliseconds in which another process takes the job of a dead one, whose heartbeat must be missed first (PLT-9). */
const recovery = minutes(1.5)

type Scene = Readonly<{ app: App; shop: CrashingShop; client: RetryingClient }>

/** Runs a shop that dies at a crash point and starts again. Afterwards every invariant must hold. */
async function withCrash(point: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  const database = await testDatabase({ size: 2 })
  const environment = { ...secrets, DATABASE_URL: database.url, MIGRATE_ON_START: 'false' }
  const app = await openApp({ config: readAppConfig(environment), announce: () => {} })
  await seedDemo(app)
  const shop = await openCrashingShop(environment, `${point}:1`)
  try {
    await work({ app, shop, client: retryingClient(shop.address) })
    assert.deepEqual(shop.exits(), ['SIGKILL'])
    for (const { name, violations } of checksOf(app)) assert.deepEqual(await violations({ atRest: true }), [], name)
  } finally {
    await shop.stop()
    await app.close()
    await database.close()
  }
}

test('the variants of an image whose worker was killed are there after the restart, once (MED-2, PLT-9)', async () =>
  await withCrash('media.after-variants.before-save', async ({ app, shop, client }) => {
    const tea = await firstOf(client, 'teas')
    const image = expectResponse(await uploadImage(shop, tea.id, await imageFile(1500, 900)), 202, AdminImage)
    await eventually(() => assert.deepEqual(shop.exits(), ['SIGKILL']), { within: recovery })
    const items = await settledImages(client, tea.id, recovery)
    const made = items.find(({ id }) => id === image.id)
    assert.deepEqual(made?.variants.map(({ variant }) => variant).toSorted(), ['lg', 'md', 'thumb'])
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from platform.event where type = 'media.image-processed.v1' and data->>'image_id' = ${image.id}
    `.execute(app.db)
    assert.equal(rows[0]?.count, 1, 'the event is published once')
  }))

test('a parcel whose planner was killed with the lease is offered after the restart, to one courier (DSP-7, PLT-9)', async () =>
  await withCrash('dispatch.planned.before-commit', async ({ app, shop, client }) => {
    const courier = await registerCourier({ app, send: client.send })
    await client.send(courier, 'PUT /dispatch/me/duty', { body: { duty: 'on', name: 'Пётр' } })
    const { access_token: as } = await registerCustomer(client)
    const { variant_id } = await firstOf(client, 'teas')
    const { id } = await placeOrder(client, as, { ...toCourier, items: [{ variant_id, quantity: 1 }] })
    await orderBecomes(client, { id, as }, 'processing', recovery)
    await press(client, id, 'approve')
    await eventually(() => assert.deepEqual(shop.exits(), ['SIGKILL']), { within: recovery })
    const { order_id } = await parcelOf(client, { id, courier, status: 'offered', within: recovery })
    assert.equal(order_id, id)
  }))
