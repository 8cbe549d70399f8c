import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { runJob } from './run-job.ts'

test('a job is run by its name, and a name without a job fails', async () => {
  const done: unknown[] = []
  const job = {
    name: 'cart.delete-idle-carts',
    payload: Type.Object({}),
    timeLimit: 1000,
    work: async (payload: object) => void done.push(payload),
  }
  await runJob({ jobs: [job] }, 'cart.delete-idle-carts', { payload: { days: 60 } })
  assert.deepEqual(done, [{ days: 60 }])
  await assert.rejects(
    runJob({ jobs: [job] }, 'cart.delete-carts'),
    /No job cart\.delete-carts; there are: cart\.delete-/,
  )
  await assert.rejects(runJob({}, 'cart.delete-carts'), /there are: none/)
})
