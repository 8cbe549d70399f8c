import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Slots } from './index.ts'

test('a key gets its slots and no more, and all keys together get the total (F-32, F-33)', () => {
  const slots = new Slots({ total: 3, perKey: 2 })
  const releases = ['anna', 'anna', 'anna', 'boris', 'clara'].map((key) => slots.take(key))
  assert.deepEqual(
    releases.map((release) => release !== undefined),
    [true, true, false, true, false],
  )
  assert.deepEqual([slots.taken, slots.takenBy('anna'), slots.takenBy('boris'), slots.takenBy('clara')], [3, 2, 1, 0])
  releases[0]?.()
  assert.ok(slots.take('clara'), 'a released slot is free for another key')
})

test('a slot that is released twice is counted once (F-32)', () => {
  const slots = new Slots({ total: 2, perKey: 2 })
  const release = slots.take('anna')
  slots.take('anna')
  release?.()
  release?.()
  assert.deepEqual([slots.taken, slots.takenBy('anna')], [1, 1])
})

test('the counts are the slots that are open, in any order of takes and releases (F-32, F-33)', () => {
  const step = fc.record({ key: fc.constantFrom('anna', 'boris', 'clara'), takes: fc.boolean(), pick: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const caps = { total: 5, perKey: 3 }
      const slots = new Slots(caps)
      const open: { key: string; release: () => void }[] = []
      const openOf = (key: string) => open.filter((slot) => slot.key === key).length
      for (const { key, takes, pick } of steps) {
        const isFree = open.length < caps.total && openOf(key) < caps.perKey
        const release = takes ? slots.take(key) : undefined
        if (takes) assert.equal(release !== undefined, isFree)
        if (release) open.push({ key, release })
        if (!takes) open.splice(pick % Math.max(1, open.length), 1)[0]?.release()
        assert.deepEqual([slots.taken, slots.takenBy(key)], [open.length, openOf(key)])
      }
    }),
  )
})
