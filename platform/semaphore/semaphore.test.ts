import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Semaphore } from '#platform/semaphore'

/** Work that waits until the test ends it. */
function heldWork() {
  const started: number[] = []
  const ends = new Map<number, () => void>()
  const work = (name: number) => () => {
    started.push(name)
    return new Promise<number>((resolve) => ends.set(name, () => resolve(name)))
  }
  return { started, work, end: (name: number) => ends.get(name)?.() }
}

test('two pieces of work run at once, the next ones run in order, and one beyond the queue is refused (ID-3)', async () => {
  const semaphore = new Semaphore(2, { maxWaiting: 1 })
  const { started, work, end } = heldWork()
  const results = [1, 2, 3, 4].map((name) => semaphore.tryRun(work(name)))
  assert.equal(await results[3], undefined)
  assert.deepEqual(started, [1, 2])
  end(1)
  assert.deepEqual(await results[0], { result: 1 })
  assert.deepEqual(started, [1, 2, 3])
  for (const name of [2, 3]) end(name)
  assert.deepEqual(await Promise.all(results.slice(1, 3)), [{ result: 2 }, { result: 3 }])
})

test('work that fails gives its permit back', async () => {
  const semaphore = new Semaphore(1)
  await assert.rejects(
    semaphore.run(() => Promise.reject(new Error('no answer'))),
    /no answer/,
  )
  assert.equal(await semaphore.run(async () => 'done'), 'done')
})

test('new work waits while the permit of ended work is with the work that waited (ID-3)', async () => {
  const semaphore = new Semaphore(1)
  const { started, work, end } = heldWork()
  const results = [1, 2].map((name) => semaphore.run(work(name)))
  end(1)
  await results[0]
  results.push(semaphore.run(work(3)))
  assert.deepEqual(started, [1, 2])
  for (const name of [2, 3]) {
    end(name)
    await results[name - 1]
  }
  assert.deepEqual(started, [1, 2, 3])
})

test('urgent work that never ends leaves every second place to the others (ID-2)', async () => {
  const semaphore = new Semaphore(1)
  const { started, work, end } = heldWork()
  const results = [semaphore.run(work(0))]
  for (const name of [1, 2, 3, 4]) results.push(semaphore.run(work(name), { isUrgent: true }))
  for (const name of [5, 6]) results.push(semaphore.run(work(name)))
  for (const name of [0, 1, 5, 2, 6, 3, 4]) {
    end(name)
    await results[name]
  }
  assert.deepEqual(started, [0, 1, 5, 2, 6, 3, 4])
})

test('urgent work has places of its own and runs next (ID-2)', async () => {
  const semaphore = new Semaphore(1, { maxWaiting: 1 })
  const { started, work, end } = heldWork()
  const results = [1, 2].map((name) => semaphore.tryRun(work(name)))
  assert.equal(await semaphore.tryRun(work(3)), undefined)
  results.push(semaphore.tryRun(work(4), { isUrgent: true }))
  assert.equal(await semaphore.tryRun(work(5), { isUrgent: true }), undefined)
  end(1)
  await results[0]
  assert.deepEqual(started, [1, 4])
  end(4)
  await results[2]
  end(2)
  assert.deepEqual(await results[1], { result: 2 })
})
