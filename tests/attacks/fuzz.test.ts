import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ProductType } from '#catalog/taxonomy/schema'
import { Page } from '#platform/schema'
import { expectResponse, openLoopbackIssuer } from '#platform/testing'
import { systemClock } from '#platform/values'
import { guest, openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { goodsOf } from '../e2e/purchase-steps.ts'
import { operationsOf, type Operation } from './api-document.ts'
import { customerWithEverything, type Belongings } from './belongings.ts'
import { fuzz } from './fuzz/fuzz.ts'
import { knownValues, type KnownValues } from './fuzz/known-values.ts'
import { StoryFailed, stepsOf } from './fuzz/step.ts'
import { account } from './fuzz/stories/account.ts'
import { couriers } from './fuzz/stories/couriers.ts'
import { goods } from './fuzz/stories/goods.ts'
import { grid } from './fuzz/stories/grid.ts'
import { guestOrders } from './fuzz/stories/guest.ts'
import { images } from './fuzz/stories/images.ts'
import { mergedAccounts, telegramLogin } from './fuzz/stories/merge.ts'
import { questions } from './fuzz/stories/questions.ts'
import { pickupPoints } from './fuzz/stories/pickup-points.ts'
import { deliveryZones } from './fuzz/stories/delivery-zones.ts'
import { promotions } from './fuzz/stories/promotions.ts'
import { cart, drafts, orderLife, purchase } from './fuzz/stories/purchase.ts'
import { alerts } from './fuzz/stories/alerts.ts'
import { reviews } from './fuzz/stories/reviews.ts'
import { operators } from './fuzz/stories/operators.ts'
import { webhooks } from './fuzz/stories/webhooks.ts'
import {
  describeFaults,
  documentedResponses,
  emptyTally,
  neverRefused,
  neverSucceeded,
  type Callers,
  type Plan,
} from './fuzz/tally.ts'

/** The same seed sends the same requests. Another seed sends others, and more runs send more. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_101)
const runs = Number(process.env['FUZZ_RUNS'] ?? 8)

const repeat = `FUZZ_SEED=${seed} FUZZ_RUNS=${runs} sends the same requests again`
const tally = emptyTally()

let telegram: Awaited<ReturnType<typeof openLoopbackIssuer>>
let shop: Shop
let operations: readonly Operation[]
let plan: Plan
before(async () => {
  telegram = await openLoopbackIssuer(systemClock)
  shop = await openShop(telegramLogin(telegram))
  operations = await operationsOf(shop.address)
  plan = { address: shop.address, known: knownValues(), seed, runs, tally }
})
after(async () => {
  await shop.close()
  await telegram.close()
})

/** Adds the ids of Anna's things, so that requests are also about things that exist. */
function addBelongings(known: KnownValues, anna: Belongings) {
  known.add('email', anna.email)
  for (const field of ['password', 'current_password']) known.add(field, anna.password)
  known.add('refresh_token', anna.refresh_token)
  known.add('token', anna.tracking_token, anna.as)
  known.add('order_id', anna.order_id, anna.open_order_id)
  known.add('variant_id', anna.variant_id)
  known.add('payments id', anna.payment_id, anna.open_payment_id)
  for (const list of ['delivery', 'shipments']) known.add(`${list} id`, anna.shipment_id)
}

/** Adds codes and ids under the names of the fields that accept them. */
async function addCatalog(known: KnownValues) {
  const types = expectResponse(await shop.send(guest, 'GET /catalog/types'), 200, Page(ProductType)).items
  known.add('type', ...types.map(({ code }) => code))
  known.add('plural', ...types.map(({ plural }) => plural))
  for (const list of ['teas', 'bouquets']) {
    const goods = (await goodsOf(shop, list)).slice(0, 10)
    known.add('{plural} id', ...goods.map(({ id }) => id))
    known.add('variants id', ...goods.map(({ variant_id }) => variant_id))
    if (list === 'bouquets') known.add('bundles id', ...goods.map(({ variant_id }) => variant_id))
  }
}

/** The tokens of all callers. A new customer replaces Anna after a request has ended her session. */
function callersOf(anna: Belongings): Callers {
  let as = anna.as
  return {
    guest: async () => undefined,
    impostor: async () => 'eyJhbGciOiJub25lIn0.e30.',
    staff: async () => staff,
    customer: async () => {
      if ((await shop.send(as, 'GET /auth/me')).status !== 200) as = await shop.customer()
      return as
    },
  }
}

/** Fails with the faults of this test, and removes them from the tally. */
function assertNoFaults() {
  const faults = tally.faults.splice(0)
  assert.equal(faults.length, 0, `${describeFaults(faults)}\n${repeat}`)
}

for (const [name, story] of Object.entries({
  goods,
  account,
  mergedAccounts,
  cart,
  purchase,
  orderLife,
  drafts,
  pickupPoints,
  promotions,
  deliveryZones,
  grid,
  couriers,
  images,
  questions,
  guestOrders,
  alerts,
  reviews,
  webhooks,
  operators,
})) {
  test(`the story of ${name} has no fault, with random fields in each of its requests (SEC-2)`, async () => {
    const step = stepsOf(operations, plan)
    await story({ step, shop, telegram }).catch((error: unknown) => {
      if (!(error instanceof StoryFailed)) throw error
    })
    assertNoFaults()
  })
}

// Whether a random request finds a thing depends on chance and on the pace of the machine.
test('the stories use every operation on a thing: each has succeeded at least once (SEC-2)', () => {
  const onThings = operations.filter(({ name }) => name.includes('{'))
  assert.deepEqual(neverSucceeded(onThings, tally), [], 'no story does these')
})

test('every response to a random request is documented, and none is a server error (SEC-2)', async (t) => {
  const anna = await customerWithEverything(shop, 'Anna')
  addBelongings(plan.known, anna)
  await addCatalog(plan.known)
  const startedAt = performance.now()
  await fuzz(operations, plan, callersOf(anna))
  t.diagnostic(
    `${tally.requests} requests, the random ones in ${Math.round(performance.now() - startedAt)} ms; ${repeat}`,
  )
  assertNoFaults()
  assert.deepEqual(await shop.violations(), {}, `every invariant holds afterwards; ${repeat}`)
})

test('every operation has succeeded at least once, and refused at least once (SEC-2)', () => {
  assert.deepEqual(neverSucceeded(operations, tally), [], `these never succeeded; ${repeat}`)
  assert.deepEqual(neverRefused(operations, tally), [], `these never refused; ${repeat}`)
})

test('the shop has sent nine of ten documented responses (SEC-2)', (t) => {
  const { count, missing } = documentedResponses(operations, tally)
  const names = missing.join(', ')
  t.diagnostic(
    `${count - missing.length} of ${count} documented responses received${process.env['FUZZ_RUNS'] ? `; not ${names}` : ''}`,
  )
  assert.ok(missing.length < count / 10, `never received: ${names}; ${repeat}`)
})
