import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { windowOf } from './delivery-window.ts'

const hours = { unit: 'hours', zone: 'Europe/Moscow' } as const
const at = (time: string) => new Date(`2026-11-21T${time}Z`)

test('a delivery period is the next time of the day that has not ended (DSP-8)', () => {
  const morning = { from: 10, to: 12 }
  const today = { from: '2026-11-21T07:00:00.000Z', to: '2026-11-21T09:00:00.000Z' }
  assert.deepEqual(windowOf(morning, at('05:00'), hours), today)
  assert.deepEqual(windowOf(morning, at('08:30'), hours), today, 'it has begun and has not ended')
  const tomorrow = { from: '2026-11-22T07:00:00.000Z', to: '2026-11-22T09:00:00.000Z' }
  assert.deepEqual(windowOf(morning, at('09:00'), hours), tomorrow)
  assert.deepEqual(windowOf({ from: 600, to: 720 }, at('05:00'), { ...hours, unit: 'minutes' }), today)
})

test('a period may end at midnight or on the next day (DSP-8)', () => {
  assert.deepEqual(windowOf({ from: 20, to: 24 }, at('05:00'), hours), {
    from: '2026-11-21T17:00:00.000Z',
    to: '2026-11-21T21:00:00.000Z',
  })
  const night = { from: '2026-11-20T19:00:00.000Z', to: '2026-11-20T23:00:00.000Z' }
  assert.deepEqual(windowOf({ from: 22, to: 2 }, new Date('2026-11-20T22:30:00Z'), hours), night)
})

test('numbers that are no times of a day promise nothing (DSP-8)', () => {
  for (const [from, to] of [
    [0, 0],
    [-1, 5],
    [24, 25],
    [5, 5],
    [5, 25],
    [1_763_715_600, 1_763_719_200],
  ] as const)
    assert.equal(windowOf({ from, to }, at('05:00'), hours), undefined, `${from} to ${to}`)
})

test('a window begins before it ends and has not ended, in every zone and on days on which clocks change (DSP-8)', () => {
  const zone = fc.constantFrom('Europe/Moscow', 'Europe/Berlin', 'America/New_York', 'Pacific/Chatham', 'UTC')
  const time = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(fc.nat(23), fc.integer({ min: 1, max: 24 }), zone, time, (from, to, place, now) => {
      const window = windowOf({ from, to }, now, { unit: 'hours', zone: place })
      if (from === to) return assert.equal(window, undefined)
      assert.ok(window)
      assert.ok(window.from <= window.to && new Date(window.to) > now)
    }),
  )
})
