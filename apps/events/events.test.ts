import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Unavailable } from '#platform/outcome'
import { refuseLateRelay } from './events.ts'

const none = { outstanding: 1, handled: 0, duplicates: 0, failed: 0, parked: 0, dead: 0, held_keys: 0 }
const relays = [{ name: 'relay' }]

test('a broker that takes no event for ten seconds makes the app degraded, although it is connected (PLT-4)', () => {
  refuseLateRelay([{ group: 'relay', lag_seconds: 9, ...none }], relays)
  // A group of this app may be late for other reasons.
  refuseLateRelay([{ group: 'ordering', lag_seconds: 60, ...none }], relays)
  assert.throws(() => refuseLateRelay([{ group: 'relay', lag_seconds: 11, ...none }], relays), Unavailable)
})
