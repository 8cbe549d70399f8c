import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CheckpointTracker, type Page } from './checkpoint-tracker.ts'

const checkpointAt = (position: number) => ({ snapshot: '1:1:', open_window: '9:9:', position })

test('the checkpoint never passes an event that is not handled (PLT-1)', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 15 }), fc.infiniteStream(fc.nat()), (sizes, chance) => {
      const tracker = new CheckpointTracker(checkpointAt(0))
      const pages: Page[] = sizes.map((pending, i) =>
        tracker.add({ pending, oldestAt: i, checkpoint: checkpointAt(i + 1) }),
      )
      const total = sizes.reduce((sum, size) => sum + size, 0)
      for (let left = total; left > 0; left--) {
        assert.equal(tracker.outstanding, left)
        const open = pages.filter((page) => page.pending > 0)
        assert.equal(
          tracker.checkpoint.position,
          pages.findIndex((page) => page.pending > 0),
        )
        assert.equal(tracker.oldestAt, open[0]?.oldestAt)
        const next = open[Number(chance.next().value) % open.length]
        if (next) tracker.done(next)
      }
      assert.equal(tracker.checkpoint.position, sizes.length)
    }),
  )
})
