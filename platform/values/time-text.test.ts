import assert from 'node:assert/strict'
import { test } from 'node:test'
import { days, hours, minutes, seconds } from './clock.ts'
import { timeText } from './time-text.ts'

test('a length of time has its largest whole unit, in both languages (ID-13)', () => {
  const texts = [days(30), hours(1), hours(36), minutes(15), seconds(90)].map((time) => [
    timeText(time, 'en'),
    timeText(time, 'ru'),
  ])
  assert.deepEqual(texts, [
    ['30 days', '30 дней'],
    ['1 hour', '1 час'],
    ['36 hours', '36 часов'],
    ['15 minutes', '15 минут'],
    ['90 seconds', '90 секунд'],
  ])
})
