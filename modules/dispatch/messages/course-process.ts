/*
 * A process of its own with the grid, for tests that kill it: `node course-process.ts <database url> <options as JSON>`. It
 * handles events, assigns and moves, and exchanges messages with Kafka when the options have its topics.
 */
import { randomInt } from 'node:crypto'
import { openDb, openPool } from '#platform/db'
import { consumeLog } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { systemClock } from '#platform/values'
import type { Contract } from '../contract.ts'
import { course, type CourseMessages } from '../course/index.ts'
import { embeddedGeo } from '../geo/embedded.ts'

export type CourseProcessOptions = Readonly<{
  contract: Contract
  messages?: CourseMessages
  /** Milliseconds of a step of the couriers. */
  step?: number
}>

const [url = '', options = '{}'] = process.argv.slice(2)
const { contract, messages, step = 20 } = JSON.parse(options) as CourseProcessOptions
const pool = openPool({ url, size: 6 })
const db = openDb(pool)
const { subscriptions, relays, background } = course({
  db,
  now: systemClock,
  geo: embeddedGeo,
  draw: (below) => randomInt(below),
  contract,
  step,
  courseApi: undefined,
  period: { unit: 'hours', zone: 'Europe/Moscow' },
  messages,
})
const settings = { firstBackoff: 50, pollInterval: 200 }
const consumer = consumeLog({ db, pool, groups: [{ name: 'dispatch', subscriptions }], relays, settings, log })
await consumer.registered
const ends = await Promise.all(background.map((part) => part.start(log)))
process.on('SIGTERM', () => {
  void Promise.all([consumer.stop(), ...ends.map((end) => end())]).then(() => pool.end())
})
