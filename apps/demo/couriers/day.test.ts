import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fleet } from '#dispatch/fleet'
import { steadyPlanner } from '#dispatch/planner'
import { openStorage } from '#platform/storage'
import { ownTemporaryDirectory, testDatabase } from '#platform/testing'
import { days, minutes } from '#platform/values'
import { simulateDay } from './day.ts'
import { pointOf, shopCell } from './town.ts'

const databases: Awaited<ReturnType<typeof testDatabase>>[] = []
before(async () => {
  for (let i = 0; i < 2; i++) databases.push(await testDatabase())
})
after(() => Promise.all(databases.map((database) => database.close())))

/** Lives the first forty minutes of a day, and returns its summary and its lines. */
async function beginDay(number: number) {
  const { db } = databases[number]!
  let time = new Date()
  const now = () => time
  const settings = { place: { kind: 'local' }, publicBaseUrl: undefined, linkSecret: undefined } as const
  const rates = { files: { count: 1, seconds: 1, burst: 1 } }
  const directory = ownTemporaryDirectory()
  const { storage } = openStorage({ settings: { ...settings, rates }, directory, now, origin: () => '' })
  const couriers = fleet({
    db,
    now,
    storage,
    planner: steadyPlanner(),
    offerTime: minutes(1),
    promise: minutes(60),
    depot: pointOf(shopCell),
    metric: 'grid',
    proof: 'pin',
    positionRetention: days(7),
    photoRetention: days(7),
  })
  const lines: string[] = []
  const summary = await simulateDay(
    {
      db,
      fleet: couriers,
      setTime: (at) => void (time = at),
      say: (at, line) => void lines.push(`${at.toISOString()} ${line}`),
      pause: async () => {},
    },
    { seed: 5, open: minutes(40), promise: minutes(60) },
  )
  return { summary, lines }
}

test('the same seed makes the same day, and every order arrives or comes back (DSP-10, DSP-11)', async () => {
  const [one, other] = [await beginDay(0), await beginDay(1)]
  assert.deepEqual(one, other)
  const { orders, delivered, returned, on_time, kilometres } = one.summary
  assert.ok(orders > 3)
  assert.equal(delivered + returned, orders)
  assert.ok(on_time >= 0.9 * delivered)
  assert.ok(kilometres / orders < 5)
  assert.ok(one.lines.some((line) => /takes order \d+\. Delivery in \d+ min\. \w+: \+\d+ min of travel/.test(line)))
})
