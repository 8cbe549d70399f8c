import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing'
import { WakeableLoop } from './loop.ts'

const hour = 3_600_000

test('a loop runs at once when it is woken, and one more time when it is woken during a run (PLT-9)', async () => {
  const loop = new WakeableLoop()
  let runs = 0
  let active = 0
  const gate = Promise.withResolvers<void>()
  const running = loop.start({
    run: async () => {
      assert.equal(++active, 1, 'runs do not overlap')
      if (++runs === 2) await gate.promise
      active--
      return hour
    },
    onError: (error) => assert.fail(String(error)),
  })
  await eventually(() => assert.equal(runs, 1))
  loop.wake()
  await eventually(() => assert.equal(runs, 2))
  loop.wake()
  loop.wake()
  gate.resolve()
  await eventually(() => assert.equal(runs, 3))
  await running.stop()
  loop.wake()
  assert.equal(runs, 3)
})

test('a loop goes on after a run that failed, and a stop waits for the current run (PLT-9)', async () => {
  const loop = new WakeableLoop()
  const errors: unknown[] = []
  const gate = Promise.withResolvers<void>()
  let runs = 0
  const running = loop.start({
    run: async () => {
      if (++runs === 1) throw new Error('the database is away')
      await gate.promise
      return hour
    },
    onError: (error) => errors.push(error),
  })
  await eventually(() => assert.equal(errors.length, 1))
  loop.wake()
  await eventually(() => assert.equal(runs, 2))
  let hasStopped = false
  const stopped = running.stop().then(() => (hasStopped = true))
  assert.equal(hasStopped, false)
  gate.resolve()
  await stopped
})
