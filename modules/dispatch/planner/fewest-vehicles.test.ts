import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fewestVehicles } from './fewest-vehicles.ts'
import { generateInstance } from './generate-pdptw.ts'
import { problemOf } from './pdptw.ts'
import { solve } from './solve.ts'

const kinds = fc.record({
  places: fc.constantFrom('clustered', 'random', 'mixed'),
  horizon: fc.constantFrom('short', 'long'),
  windows: fc.constantFrom(0.25, 1),
  width: fc.constantFrom(30, 120),
  customers: fc.integer({ min: 2, max: 60 }),
} as const)

test('no plan has fewer vehicles than the time of its visits needs (DSP-11)', () => {
  fc.assert(
    fc.property(kinds, fc.nat(1000), (kind, seed) => {
      const problem = problemOf(generateInstance(kind, seed))
      const { vehicles } = solve({ problem, budget: { unit: 'steps', count: 60 }, seed, islands: 1 })
      const fewest = fewestVehicles(problem)
      assert.ok(fewest >= 1 && fewest <= vehicles, `${fewest} of ${vehicles}`)
    }),
    { numRuns: 30 },
  )
})

test('a hundred visits of ten minutes need two vehicles of a thousand minutes (DSP-11)', () => {
  const kind = { places: 'random', horizon: 'long', windows: 0, width: 0, customers: 100 } as const
  const problem = problemOf(generateInstance(kind, 1))
  assert.equal(fewestVehicles(problem), 2)
})

test('a plan of one vehicle is shortened, and the search ends with its budget (DSP-11)', () => {
  const kind = { places: 'random', horizon: 'long', windows: 0, width: 0, customers: 4 } as const
  const problem = problemOf(generateInstance(kind, 1))
  const { vehicles, unserved } = solve({ problem, budget: { unit: 'places', count: 10_000 }, seed: 1, islands: 2 })
  assert.deepEqual([vehicles, unserved], [1, 0])
})
