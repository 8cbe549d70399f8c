import assert from 'node:assert/strict'
import test from 'node:test'
import { formatHours } from './open-hours.ts'

test('opening hours read as on the door of a shop (DLV-3)', () => {
  const hours = [
    { days: [2, 1, 3], opens: '10:00', closes: '20:00' },
    { days: [5, 7], opens: '11:00', closes: '18:00' },
  ]
  assert.equal(formatHours(hours, 'ru'), 'Пн–Ср 10:00–20:00, Пт, Вс 11:00–18:00')
  assert.equal(formatHours(hours, 'en'), 'Mon–Wed 10:00–20:00, Fri, Sun 11:00–18:00')
})
