import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { eventually } from '#platform/testing'
import { hasCrashed, killCourses, startCourse } from '../messages/kafka-testing.ts'
import { openDispatchTest, type DispatchTest } from '../testing.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
afterEach(killCourses)
after(() => shop.close())

for (const point of ['dispatch.assigned.before-commit:1', 'dispatch.moved.before-commit:3'])
  test(`a process that dies at ${point} leaves no half step, and another one carries the order on (DSP-7, DSP-8)`, async () => {
    for (let i = 0; i < 3; i++) await shop.addCourier({ at: { x: 1, y: i + 1 } })
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.push(await shop.addOrder({ at: { x: 4, y: 4 } }))
    await hasCrashed(startCourse(shop.url, { contract: 'b' }, point))
    await shop.assertNoViolations()
    startCourse(shop.url, { contract: 'b' })
    startCourse(shop.url, { contract: 'b' })
    await eventually(
      async () => {
        for (const id of ids) assert.equal((await shop.orderRow(id)).status, 'completed')
      },
      { within: 25_000 },
    )
    for (const id of ids) assert.deepEqual(await shop.eventsOf(id), ['created', 'assigned', 'completed'])
    await shop.assertNoViolations()
  })
