import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { onShelf, openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { operationsOf, type Operation } from './api-document.ts'
import { somebodyWithEverything, type Belongings } from './belongings.ts'
import { fuzz } from './fuzz/fuzz.ts'
import { knownThings, type Known } from './fuzz/known.ts'
import { StoryBroken, stepsOf } from './fuzz/step.ts'
import { account } from './fuzz/stories/account.ts'
import { goods } from './fuzz/stories/goods.ts'
import { cart, orderLife, purchase } from './fuzz/stories/purchase.ts'
import {
  answersOf,
  emptyTally,
  neverRefused,
  neverSucceeded,
  toldFaults,
  type Callers,
  type Plan,
} from './fuzz/tally.ts'

/** The same walk every time; another seed finds other things, more runs find more. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_101)
const runs = Number(process.env['FUZZ_RUNS'] ?? 8)

const again = `FUZZ_SEED=${seed} FUZZ_RUNS=${runs} walks the same way again`
const tally = emptyTally()

let shop: Shop
let operations: readonly Operation[]
let plan: Plan
before(async () => {
  shop = await openShop()
  operations = await operationsOf(shop.address)
  plan = { address: shop.address, known: knownThings(), seed, runs, tally }
})
after(async () => {
  await shop.close()
})

/** What Anna has, so that requests about real things are asked for too. */
function teach(known: Known, anna: Belongings) {
  known.add('email', anna.email)
  for (const field of ['password', 'current_password']) known.add(field, anna.password)
  known.add('refresh_token', anna.refresh_token)
  known.add('token', anna.tracking_token, anna.as)
  known.add('order_id', anna.order_id, anna.open_order_id)
  known.add('variant_id', anna.variant_id)
  known.add('payments id', anna.payment_id, anna.open_payment_id)
  for (const list of ['delivery', 'shipments']) known.add(`${list} id`, anna.shipment_id)
}

/** The fields of other names that take the codes of things. */
async function teachWords(known: Known) {
  const { body } = await shop.ask('GET', '/catalog/types')
  const types = body.items as readonly { code: string; plural: string }[]
  known.add('type', ...types.map(({ code }) => code))
  known.add('plural', ...types.map(({ plural }) => plural))
  for (const list of ['teas', 'bouquets']) {
    const goods = (await onShelf(shop, list)).slice(0, 10)
    known.add('{plural} id', ...goods.map(({ id }) => id))
    known.add('variants id', ...goods.map(({ variant_id }) => variant_id))
    if (list === 'bouquets') known.add('bundles id', ...goods.map(({ variant_id }) => variant_id))
  }
}

/** A guest, the shop's staff, and Anna, or whoever takes her place once she has signed herself out. */
function callersOf(anna: Belongings): Callers {
  let as = anna.as
  return {
    guest: async () => undefined,
    impostor: async () => 'eyJhbGciOiJub25lIn0.e30.',
    staff: async () => staff,
    customer: async () => {
      if ((await shop.ask('GET', '/auth/me', { as })).status !== 200) as = await shop.customer()
      return as
    },
  }
}

/** Of this test only: each empties what it found. */
function noFaults() {
  const found = tally.faults.splice(0)
  assert.equal(found.length, 0, `${toldFaults(found)}\n${again}`)
}

for (const [name, story] of Object.entries({ goods, account, cart, purchase, orderLife })) {
  test(`no step of the story of ${name} breaks, whatever is drawn beside what it needs (SEC-2)`, async () => {
    const step = stepsOf(operations, plan)
    await story({ step, shop }).catch((error: unknown) => {
      if (!(error instanceof StoryBroken)) throw error
    })
    noFaults()
  })
}

test('no caller gets an answer that breaks or is not described, whatever is sent (SEC-2)', async (t) => {
  const anna = await somebodyWithEverything(shop, 'Anna')
  teach(plan.known, anna)
  await teachWords(plan.known)
  const started = performance.now()
  await fuzz(operations, plan, callersOf(anna))
  t.diagnostic(`${tally.requests} requests, the last walk in ${Math.round(performance.now() - started)} ms; ${again}`)
  noFaults()
  assert.deepEqual(await shop.violations(), {}, `every invariant holds after it; ${again}`)
})

test('every operation has done what it is for, and has refused (SEC-2)', () => {
  assert.deepEqual(neverSucceeded(operations, tally), [], `no step of a story succeeds there; ${again}`)
  assert.deepEqual(neverRefused(operations, tally), [], `nothing was refused there; ${again}`)
})

test('nine of ten documented answers have been seen (SEC-2)', (t) => {
  const { all, missing } = answersOf(operations, tally)
  const told = missing.map(({ name, status }) => `${name} ${status}`).join(', ')
  t.diagnostic(
    `${all.length - missing.length} of ${all.length} documented answers seen${process.env['FUZZ_RUNS'] ? `; not ${told}` : ''}`,
  )
  assert.ok(missing.length < all.length / 10, `never answered: ${told}; ${again}`)
})
