import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { refusalOfPoint } from './pickup-point.ts'
import type { OpenHours } from './schema.ts'

const timezone = 'Europe/Moscow'
const nowhere = { lat: null, lng: null }
const fullHours = fc.integer({ min: 8, max: 13 })
const spans = fc.record({
  days: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  opens: fullHours,
  closes: fullHours,
})
const time = (hour: number) => `${String(hour).padStart(2, '0')}:00`

test('opening hours are right when each span ends after it begins and no hour of a day is in two spans (F-74)', () => {
  fc.assert(
    fc.property(fc.array(spans, { minLength: 1, maxLength: 3 }), (week) => {
      const openHours = week.flatMap(({ days, opens, closes }) =>
        [...new Set(days)].flatMap((day) =>
          Array.from({ length: Math.max(0, closes - opens) }, (_, i) => `${day} ${opens + i}`),
        ),
      )
      const areRight = week.every(({ opens, closes }) => opens < closes) && new Set(openHours).size === openHours.length
      const hours: OpenHours[] = week.map(({ days, opens, closes }) => ({
        days,
        opens: time(opens),
        closes: time(closes),
      }))
      const refusal = refusalOfPoint({ hours, timezone, ...nowhere })
      assert.deepEqual(refusal, areRight ? undefined : { kind: 'refused', reason: 'wrong-hours' })
    }),
    { numRuns: 1000 },
  )
})

test('a pickup point is in a time zone that has a name (F-74)', () => {
  const isRefused = (name: string) => refusalOfPoint({ hours: [], timezone: name, ...nowhere }) !== undefined
  assert.deepEqual(['Europe/Moscow', 'Asia/Vladivostok', 'UTC'].filter(isRefused), [])
  assert.deepEqual(
    ['Europe/Kolomna', '+03:00', ''].filter((name) => !isRefused(name)),
    [],
  )
})
