import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { balance, type GroupClaim } from './balance.ts'

const processes = [11, 12, 13, 14, 15]
const group = fc.integer({ min: 0, max: 30 }).map((n) => `group ${n}`)
/** Every process may lead every group; some groups have a leader. */
const claims = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.uniqueArray(group, { minLength: 1, maxLength: 20 }))
  .chain(([count, names]) =>
    fc.tuple(
      ...names.map((consumer_group) =>
        fc.record({
          consumer_group: fc.constant(consumer_group),
          leader: fc.constantFrom(null, ...processes.slice(0, count)),
          candidates: fc.constant(processes.slice(0, count)),
        }),
      ),
    ),
  )

const sizesOf = (all: readonly GroupClaim[], plan: ReadonlyMap<string, number>) =>
  [...new Set(all.flatMap(({ candidates }) => candidates))].map(
    (process) => [...plan.values()].filter((leader) => leader === process).length,
  )
const movesOf = (all: readonly GroupClaim[], plan: ReadonlyMap<string, number>) =>
  all.filter(({ consumer_group, leader }) => leader !== null && plan.get(consumer_group) !== leader).length

test('every group gets a leader, and no process leads two groups more than another (PLT-24)', () => {
  fc.assert(
    fc.property(claims, (all) => {
      const plan = balance(all)
      assert.equal(plan.size, all.length)
      const sizes = sizesOf(all, plan)
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, String(sizes))
    }),
  )
})

test('groups that are shared well stay where they are, and a process that joins gets no more than its share (PLT-24)', () => {
  fc.assert(
    fc.property(claims, (all) => {
      const plan = balance(all)
      const settled = all.map((claim) => ({ ...claim, leader: plan.get(claim.consumer_group) ?? null }))
      assert.deepEqual(balance(settled), plan)
      const joined = settled.map((claim) => ({ ...claim, candidates: [...claim.candidates, 99] }))
      const after = balance(joined)
      const share = [...after.values()].filter((leader) => leader === 99).length
      assert.equal(movesOf(joined, after), share, 'only the groups of the new process move')
    }),
  )
})

test('all processes come to the same result, in whatever sequence the server lists the claims (PLT-24)', () => {
  fc.assert(
    fc.property(claims, fc.nat(), (all, seed) => {
      const shuffled = all.toSorted(
        (a, b) => ((a.consumer_group.length * seed) % 7) - ((b.consumer_group.length * seed) % 7),
      )
      assert.deepEqual(balance(shuffled), balance(all))
    }),
  )
})

test('only a candidate leads a group, and a leader that is no candidate is left alone (PLT-24)', () => {
  const plan = balance([
    { consumer_group: 'cart', leader: null, candidates: [1] },
    { consumer_group: 'catalog', leader: 1, candidates: [1] },
    { consumer_group: 'delivery', leader: 7, candidates: [1, 2] },
    { consumer_group: 'ordering', leader: 1, candidates: [1, 2] },
    { consumer_group: 'payments', leader: null, candidates: [] },
  ])
  const expected = { cart: 1, catalog: 1, ordering: 2 }
  assert.deepEqual(Object.fromEntries(plan), expected)
})
