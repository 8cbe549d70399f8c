import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instance } from './pdptw.ts'
import { verifyPlan } from './verify-pdptw.ts'

const task = { ready: 0, due: 100, service: 1, y: 0 }
const instance: Instance = {
  vehicles: 2,
  capacity: 8,
  speed: 1,
  tasks: [
    { ...task, id: 0, x: 0, demand: 0, pickup: 0, delivery: 0, service: 0 },
    { ...task, id: 1, x: 10, demand: 5, pickup: 0, delivery: 2 },
    { ...task, id: 2, x: 20, demand: -5, pickup: 1, delivery: 0, due: 30 },
    { ...task, id: 3, x: 5, demand: 5, pickup: 0, delivery: 4, ready: 40 },
    { ...task, id: 4, x: 6, demand: -5, pickup: 3, delivery: 0 },
  ],
}

test('a right plan has no violation, and its distance (DSP-11)', () => {
  assert.deepEqual(verifyPlan(instance, [[1, 2, 3, 4]]), { violations: [], distance: 42 })
})

for (const [routes, expected] of [
  [[[1, 2]], /task 3 is visited 0 times/],
  [[[1, 2, 3, 4, 4]], /task 4 is visited 2 times/],
  [[[1, 2, 3, 4, 9]], /there is no task 9/],
  [[[1, 2], [3, 4], []], /3 routes for 2 vehicles/],
  [[[2, 1, 3, 4]], /task 2 comes before its pickup 1/],
  [[[1, 2, 3], [4]], /task 4 comes before its pickup 3/],
  [[[1, 2, 4], [3]], /the delivery 4 of task 3 is missing/],
  [[[3, 4, 1, 2]], /task 2 is reached at \d+\.\d\d, after 30/],
  [[[1, 3, 4, 2]], /the load after task 3 is 10 of 8/],
] as const)
  test(`a wrong plan has a violation: ${expected.source} (DSP-11)`, () => {
    assert.match(verifyPlan(instance, routes).violations.join('\n'), expected)
  })
