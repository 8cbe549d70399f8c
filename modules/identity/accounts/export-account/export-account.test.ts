import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { openIdentityTest, ratesWith } from '../../testing.ts'
import { AccountExport } from '../schema.ts'

test('one account exports once at a time, and two accounts at once; the answer to others says when to try again (ID-18, SEC-1)', async () => {
  const waiting: (() => void)[] = []
  const listOf = async () => {
    if (waiting.length < 2) await new Promise<void>((resolve) => waiting.push(resolve))
    return []
  }
  const app = await openIdentityTest({ personalRecords: [{ name: 'orders', listOf }] })
  const [anna, boris, vera] = await Promise.all(
    ['anna', 'boris', 'vera'].map((name) => app.signUp(`${name}@example.com`)),
  )
  assert.ok(anna && boris && vera)
  const exportOf = ({ access_token: token }: typeof anna) => app.send('GET /auth/me/export', { token })
  let answered = 0
  const count = async (response: ReturnType<typeof exportOf>) => {
    const { status } = await response
    answered++
    return status
  }
  const ofAnna = [1, 2, 3].map(() => count(exportOf(anna)))
  await eventually(() => assert.equal(answered, 2))
  const ofBoris = exportOf(boris)
  await eventually(() => assert.equal(waiting.length, 2))
  const refused = await exportOf(vera)
  expectProblem(refused, 429, 'export-busy')
  assert.equal(refused.headers['retry-after'], '10')
  for (const end of waiting.splice(0)) end()
  assert.deepEqual(
    (await Promise.all(ofAnna)).toSorted((a, b) => a - b),
    [200, 429, 429],
  )
  expectResponse(await ofBoris, 200, AccountExport)
  const again = exportOf(vera)
  await eventually(() => assert.equal(waiting.length, 1))
  for (const end of waiting.splice(0)) end()
  expectResponse(await again, 200, AccountExport)
  await app.close()
})

test('an account exports five times, and then has to wait (ID-18, SEC-1)', async () => {
  const app = await openIdentityTest({ limits: ratesWith() })
  const { access_token: token } = await app.signUp('anna@example.com')
  for (let n = 0; n < 5; n++) expectResponse(await app.send('GET /auth/me/export', { token }), 200)
  expectProblem(await app.send('GET /auth/me/export', { token }), 429, 'too-many-attempts')
  await app.close()
})
