import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyQueues } from './key-queues.ts'
import { CheckpointTracker, type Span } from './checkpoint.ts'

const keys = fc.array(fc.constantFrom('anna', 'boris', 'vera'), { maxLength: 40 })
const reaching = (position: number) => ({ snapshot: '1:1:', open_window: '9:9:', position })

test('events of one key are taken one after the other, none is lost and none is taken twice (PLT-1)', () => {
  fc.assert(
    fc.property(keys, fc.array(fc.nat({ max: 9 }), { minLength: 60, maxLength: 60 }), (told, moves) => {
      const queues = new KeyQueues<{ key: string; id: number }>()
      const busy = new Map<string, number>()
      const heard: { key: string; id: number }[] = []
      const free = (key: string) => busy.delete(key) && queues.free(key)
      const coming = told.map((key, id) => ({ key, id }))
      for (const move of [...moves, ...moves]) {
        for (const entry of coming.splice(0, 2)) queues.add(entry)
        const apart = queues.takeOne(({ id }) => id % 5 === move)
        const taken = move < 3 && apart ? [] : queues.take(move, ({ id }) => id % 5 === 0)
        for (const entry of [...(apart ? [apart] : []), ...taken]) {
          assert.ok(!busy.has(entry.key), 'a busy key is left alone')
          heard.push(entry)
        }
        for (const { key } of [...(apart ? [apart] : []), ...taken]) busy.set(key, 1)
        if (move === 9 && taken.length > 0) {
          // Put back what was not worked on.
          const { key } = taken[0] ?? { key: '' }
          const back = taken.filter((entry) => entry.key === key)
          for (const entry of back) heard.splice(heard.indexOf(entry), 1)
          queues.putBack(key, back)
        }
        if (move % 2 === 0) for (const key of busy.keys()) free(key)
      }
      for (const key of busy.keys()) free(key)
      for (;;) {
        const rest = queues.take(3, () => false)
        if (rest.length === 0) break
        heard.push(...rest)
        for (const key of new Set(rest.map((entry) => entry.key))) queues.free(key)
      }
      assert.equal(queues.waiting, 0)
      for (const key of new Set(told)) {
        const expected = told.flatMap((teller, id) => (teller === key ? [id] : []))
        assert.deepEqual(
          heard.filter((entry) => entry.key === key).map(({ id }) => id),
          expected,
        )
      }
    }),
  )
})

test('a batch is in the order of ids, and what asks the world is not in it (PLT-1)', () => {
  const queues = new KeyQueues<{ key: string; id: number }>()
  for (const [key, id] of [
    ['anna', 1],
    ['boris', 2],
    ['anna', 3],
    ['vera', 4],
    ['boris', 5],
  ] as const)
    queues.add({ key, id })
  const api = ({ id }: { id: number }) => id === 4 || id === 3
  assert.deepEqual(
    queues.take(10, api).map(({ id }) => id),
    [1, 2, 5],
  )
  assert.equal(queues.takeOne(api)?.id, 4)
  assert.equal(queues.takeOne(api), undefined, 'Anna is busy')
  assert.equal(queues.hold('anna'), false)
  queues.free('anna')
  assert.equal(queues.takeOne(api)?.id, 3)
})

test('progress never runs ahead of an event that is not done (PLT-1)', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 15 }), fc.infiniteStream(fc.nat()), (sizes, chance) => {
      const spans = new CheckpointTracker(reaching(0))
      const open: Span[] = sizes.map((size, i) => spans.open(size, i, reaching(i + 1)))
      const total = sizes.reduce((sum, size) => sum + size, 0)
      for (let left = total; left > 0; left--) {
        assert.equal(spans.outstanding, left)
        const waiting = open.filter((span) => span.left > 0)
        assert.equal(
          spans.reached.position,
          open.findIndex((span) => span.left > 0),
        )
        assert.equal(spans.oldest, waiting[0]?.since)
        const next = waiting[Number(chance.next().value) % waiting.length]
        if (next) spans.done(next)
      }
      assert.equal(spans.reached.position, sizes.length)
    }),
  )
})
