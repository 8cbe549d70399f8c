import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { goodPassword, openIdentityTest, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

test('the command line creates staff who can log in; a weak password and a taken e-mail are refused (ID-17)', async () => {
  const { create } = app.module.users
  const marta = { email: 'Marta@example.com', password: goodPassword, name: 'Marta', locale: 'ru' } as const
  const input = { ...marta, role: 'marketer' } as const
  assert.equal((await create(input)).kind, 'created')
  assert.equal((await app.enter('marta@example.com')).user.role, 'marketer')
  assert.deepEqual(await create(input), { kind: 'refused', reason: 'email-taken' })
  const weak = await create({ ...input, email: 'other@example.com', password: 'qwertyuiop' })
  assert.deepEqual(weak, { kind: 'refused', reason: 'password-too-common' })
})
