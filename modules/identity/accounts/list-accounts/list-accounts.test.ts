import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/values'
import { openIdentityTest, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

test('staff of other modules see the name and the e-mail of a user; an unknown user is left out (F-74, ORD-7)', async () => {
  const [anna, boris] = [await app.signUp('anna@example.com'), await app.signUp('boris@example.com')]
  const ids = [anna.user.id, boris.user.id]
  const accounts = await app.module.api.accountsOf([...ids, newId()])
  const emails = new Map(accounts.map(({ user_id, email }) => [user_id, email]))
  assert.deepEqual(
    ids.map((id) => emails.get(id)),
    ['anna@example.com', 'boris@example.com'],
  )
  assert.equal(accounts.length, 2)
  assert.deepEqual(await app.module.api.accountsOf([]), [])
})
