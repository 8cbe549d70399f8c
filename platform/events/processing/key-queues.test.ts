import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyQueues } from './key-queues.ts'

type Entry = { key: string; id: number }
const keys = fc.array(fc.constantFrom('anna', 'boris', 'vera'), { maxLength: 40 })
const steps = fc.array(fc.nat({ max: 9 }), { minLength: 60, maxLength: 60 })

test('events of one key are taken one after the other, none is lost and none is taken twice (PLT-1)', () => {
  fc.assert(
    fc.property(keys, steps, (published, moves) => {
      const queues = new KeyQueues<Entry>()
      const busy = new Set<string>()
      const handled: Entry[] = []
      const free = (key: string) => busy.delete(key) && queues.free(key)
      const arriving = published.map((key, id) => ({ key, id }))
      for (const move of [...moves, ...moves]) {
        for (const entry of arriving.splice(0, 2)) queues.add(entry)
        const single = queues.takeOne(({ id }) => id % 5 === move)
        const batch = move < 3 && single ? [] : queues.take(move, ({ id }) => id % 5 === 0)
        const taken = [...(single ? [single] : []), ...batch]
        for (const entry of taken) {
          assert.ok(!busy.has(entry.key), 'no event of a busy key is taken')
          handled.push(entry)
        }
        for (const { key } of taken) busy.add(key)
        if (move === 9 && batch.length > 0) {
          const { key } = batch[0] ?? { key: '' }
          const back = batch.filter((entry) => entry.key === key)
          for (const entry of back) handled.splice(handled.indexOf(entry), 1)
          queues.putBack(key, back)
        }
        if (move % 2 === 0) for (const key of busy) free(key)
      }
      for (const key of busy) free(key)
      for (;;) {
        const rest = queues.take(3, () => false)
        if (rest.length === 0) break
        handled.push(...rest)
        for (const key of new Set(rest.map((entry) => entry.key))) queues.free(key)
      }
      assert.equal(queues.waiting, 0)
      for (const key of new Set(published)) {
        const expected = published.flatMap((each, id) => (each === key ? [id] : []))
        assert.deepEqual(
          handled.filter((entry) => entry.key === key).map(({ id }) => id),
          expected,
        )
      }
    }),
  )
})

test('a batch of a group whose handlers share rows has one event of each key (F-5, PLT-7)', () => {
  const queues = new KeyQueues<Entry>()
  for (const [id, key] of ['anna', 'anna', 'boris', 'anna', 'boris'].entries()) queues.add({ key, id })
  const take = () => queues.take(10, () => false, 1)
  const ids: number[][] = []
  for (let batch = take(); batch.length > 0; batch = take()) {
    ids.push(batch.map(({ id }) => id))
    for (const { key } of batch) queues.free(key)
  }
  assert.deepEqual(ids, [[0, 2], [1, 4], [3]])
})

test('a batch is in the order of ids and stops before an event that must be prepared first (PLT-1)', () => {
  const queues = new KeyQueues<Entry>()
  for (const [key, id] of [
    ['anna', 1],
    ['boris', 2],
    ['anna', 3],
    ['vera', 4],
    ['boris', 5],
  ] as const)
    queues.add({ key, id })
  const needsPrepare = ({ id }: Entry) => id === 4 || id === 3
  assert.deepEqual(
    queues.take(10, needsPrepare).map(({ id }) => id),
    [1, 2, 5],
  )
  assert.equal(queues.takeOne(needsPrepare)?.id, 4)
  assert.equal(queues.takeOne(needsPrepare), undefined, 'Anna is busy')
  assert.equal(queues.hold('anna'), false)
  queues.free('anna')
  assert.equal(queues.takeOne(needsPrepare)?.id, 3)
})
