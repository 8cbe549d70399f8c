import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { onShelf, openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { operationsOf } from './api-document.ts'
import { somebodyWithEverything, type Belongings } from './belongings.ts'
import { fuzz, type Callers, type Fault } from './fuzz/fuzz.ts'
import { knownThings, type Known } from './fuzz/known.ts'

/** The same walk every time; another seed finds other things, more runs find more. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_101)
const runs = Number(process.env['FUZZ_RUNS'] ?? 8)

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  await shop.close()
})

/** What Anna has, so that requests about real things are asked for too. */
function teach(known: Known, anna: Belongings) {
  known.add('email', anna.email)
  for (const field of ['password', 'current_password']) known.add(field, anna.password)
  known.add('refresh_token', anna.refresh_token)
  known.add('token', anna.track_token, anna.as)
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
    staff: async () => staff,
    customer: async () => {
      if ((await shop.ask('GET', '/auth/me', { as })).status !== 200) as = await shop.customer()
      return as
    },
  }
}

/** Faults that look alike once, with how often. */
function told(faults: readonly Fault[]): string {
  const alike = Map.groupBy(faults, ({ operation, fault }) => `${operation} ${fault}`)
  const lines = Array.from(alike, ([title, [first, ...others]]) => {
    const more = others.length > 0 ? ` (and ${others.length} more)` : ''
    return `${title}${more}\n  ${first?.what}\n  ${first?.curl}`
  })
  return `${lines.length} kinds of faults; FUZZ_SEED=${seed} FUZZ_RUNS=${runs} walks the same way again\n${lines.join('\n')}`
}

test('no caller gets an answer that breaks or is not described, whatever is sent (SEC-2)', async (t) => {
  const anna = await somebodyWithEverything(shop, 'Anna')
  const operations = await operationsOf(shop.address)
  const known = knownThings()
  teach(known, anna)
  await teachWords(known)
  const started = performance.now()
  const { requests, succeeded, faults } = await fuzz(operations, { shop, callers: callersOf(anna), known, seed, runs })
  const took = Math.round(performance.now() - started)
  t.diagnostic(`${requests} requests in ${took} ms, ${succeeded.size} of ${operations.length} operations did something`)
  const never = operations.filter(({ name }) => !succeeded.has(name)).map(({ name }) => name)
  if (never.length > 0 && process.env['FUZZ_RUNS']) t.diagnostic(`never did anything: ${never.join(', ')}`)
  assert.equal(faults.length, 0, told(faults))
  assert.deepEqual(await shop.drift(), {}, 'every invariant holds after it')
})
