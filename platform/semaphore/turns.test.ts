import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turns } from '#platform/semaphore'

test('a caller with many pieces of work delays another by one of them (SEC-1)', async () => {
  const turns = new Turns(1)
  const ended: string[] = []
  const run = (caller: string, name: string) =>
    turns.run(caller, async () => {
      await Promise.resolve()
      ended.push(name)
    })
  await Promise.all([run('a', 'a1'), run('a', 'a2'), run('a', 'a3'), run('a', 'a4'), run('b', 'b1'), run('c', 'c1')])
  assert.deepEqual(ended, ['a1', 'a2', 'b1', 'c1', 'a3', 'a4'])
})

test('no more pieces run at once than there are permits, and work that fails gives its permit back', async () => {
  const turns = new Turns(2)
  let running = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    throw new Error('no page')
  }
  const settled = await Promise.allSettled(Array.from({ length: 7 }, (_, i) => turns.run(`${i % 3}`, work)))
  assert.deepEqual([settled.every(({ status }) => status === 'rejected'), most], [true, 2])
  assert.equal(await turns.run('a', async () => 'a page'), 'a page')
})
