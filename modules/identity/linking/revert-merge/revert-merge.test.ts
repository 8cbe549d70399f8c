import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, eventually, expectProblem, expectResponse, runJob, statusesOf } from '#platform/testing'
import { days, minutes, seconds } from '#platform/values'
import { adminToken, goodPassword, openMergeTest, type MergeTest } from '../../testing.ts'
import { MergedView, MergesView } from '../schema.ts'

let app: MergeTest
before(async () => {
  app = await openMergeTest()
  await app.startJobs()
})
after(() => app.close())

/** Merges an account that Telegram opened into an older one with a mailbox. */
async function mergedAccounts(email: string, telegram_id: number) {
  const into = await app.signUpVerified(email)
  app.advance(seconds(1))
  const from = await app.signInWithTelegram(telegram_id)
  const token = app.tokenIn(await app.linkTelegram(into.access_token, telegram_id))
  const { merge_id } = expectResponse(await app.merge(into.access_token, token), 200, MergedView)
  return { into, from, merge_id }
}
const revert = (token: string, id: string, password = goodPassword) =>
  app.send(`POST /auth/merge/${id}/undo`, { token, body: { password } })
const resetCodeTo = (email: string) =>
  eventually(() => {
    const mail = app.mails.findLast(({ to, text }) => to === email && text.includes('/password/reset#'))
    return /#([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? assert.fail('no mail yet')
  })
const revertsOf = async (id: string) =>
  (await app.eventsOf('identity.merge-reverted.v1')).filter(({ merge_id }) => merge_id === id)

test('a merge is reversed for thirty days, and both accounts sign in as before (ID-12)', async () => {
  const { into, from, merge_id } = await mergedAccounts('anna@example.com', 60)
  const { merges } = expectResponse(await app.send('GET /auth/merges', { token: into.access_token }), 200, MergesView)
  assert.deepEqual(
    merges.map(({ id, identities }) => [id, identities]),
    [[merge_id, [{ provider: 'telegram', subject: '•••60' }]]],
  )
  const otherDevice = await app.signInWithTelegram(60)
  expectResponse(await revert(into.access_token, merge_id), 204)
  assert.equal((await app.signInWithTelegram(60)).user.id, from.user.id)
  assert.equal((await app.enter('anna@example.com')).user.id, into.user.id)
  expectResponse(await app.me(into.access_token), 200)
  expectProblem(await app.me(otherDevice.access_token), 401, 'unauthorized')
  assert.deepEqual(await revertsOf(merge_id), [{ merge_id, from: from.user.id, into: into.user.id }])
  expectResponse(await revert(into.access_token, merge_id), 204)
  assert.equal((await revertsOf(merge_id)).length, 1, 'a repeat changes nothing')
  await app.assertNoViolations()
})

test('a merge that was reversed can be made again (ID-12)', async () => {
  const { into, from, merge_id } = await mergedAccounts('again@example.com', 61)
  expectResponse(await revert(into.access_token, merge_id), 204)
  app.advance(seconds(1))
  const token = app.tokenIn(await app.linkTelegram(into.access_token, 61))
  const again = expectResponse(await app.merge(into.access_token, token), 200, MergedView)
  assert.notEqual(again.merge_id, merge_id)
  assert.equal((await app.statusOf(from.user.id)).merged_into, into.user.id)
  await app.assertNoViolations()
})

test('a password that came with the merge goes with its reversal (ID-12)', async () => {
  const into = await app.signInWithTelegram(62)
  app.advance(seconds(1))
  const from = await app.signUpVerified('password@example.com')
  const token = app.tokenIn(await app.linkTelegram(from.access_token, 62))
  const merged = expectResponse(await app.merge(from.access_token, token), 200, MergedView)
  expectResponse(await revert(merged.session?.access_token ?? '', merged.merge_id), 204)
  assert.equal((await app.enter('password@example.com')).user.id, from.user.id)
  const passwords = await app.db.selectFrom('identity.credentials').select('user_id').execute()
  assert.ok(passwords.every(({ user_id }) => user_id !== into.user.id))
})

test('a merge is reversed by the owner of the account, and not by its session alone (ID-12, A4)', async () => {
  const { into, from, merge_id } = await mergedAccounts('borrowed@example.com', 70)
  const bare = await app.send(`POST /auth/merge/${merge_id}/undo`, { token: into.access_token })
  expectProblem(bare, 403, 'wrong-password')
  expectProblem(await revert(into.access_token, merge_id, 'a guess at a password'), 403, 'wrong-password')
  assert.equal((await app.statusOf(from.user.id)).merged_into, into.user.id)
  expectResponse(await revert(into.access_token, merge_id), 204)

  const byTelegram = await app.signInWithTelegram(71)
  app.advance(seconds(1))
  await app.signInWithTelegram(72)
  const token = app.tokenIn(await app.linkTelegram(byTelegram.access_token, 72))
  const merged = expectResponse(await app.merge(byTelegram.access_token, token), 200, MergedView)
  app.advance(minutes(11))
  expectProblem(await revert(byTelegram.access_token, merged.merge_id), 403, 'sign-in-again')
  const again = await app.signInWithTelegram(71)
  expectResponse(await revert(again.access_token, merged.merge_id), 204)
  await app.assertNoViolations()
})

for (const way of ['change', 'reset'] as const) {
  test(`a ${way} of the password after a merge ends the password of the merged account (ID-12, ID-13)`, async () => {
    const [mailbox, leaked] = [`${way}@example.com`, `${way}-leaked@example.com`]
    const into = await app.signUpVerified(mailbox)
    app.advance(seconds(1))
    const from = await app.signUpVerified(leaked)
    const token = app.tokenIn(await app.linkEmail(into.access_token, leaked, goodPassword))
    const { merge_id } = expectResponse(await app.merge(into.access_token, token), 200, MergedView)
    const new_password = 'peonies in a blue vase'
    if (way === 'change') {
      const body = { current_password: goodPassword, new_password }
      expectResponse(await app.send('POST /auth/password/change', { token: into.access_token, body }), 204)
    } else {
      expectResponse(await app.send('POST /auth/password/forgot', { body: { email: mailbox } }), 204)
      const body = { code: await resetCodeTo(mailbox), new_password }
      expectResponse(await app.send('POST /auth/password/reset', { body }), 204)
    }
    const owner = await app.enter(mailbox, new_password)
    expectProblem(await revert(owner.access_token, merge_id), 403, 'wrong-password')
    expectResponse(await revert(owner.access_token, merge_id, new_password), 204)
    expectProblem(await app.logIn(leaked), 401, 'wrong-credentials')
    assert.equal((await app.statusOf(from.user.id)).status, 'active')
    assert.equal((await app.enter(mailbox, new_password)).user.id, into.user.id)
    await app.assertNoViolations()
  })
}

test('an account with an unproven mailbox has its password again after the reversal, and the mailbox is unproven (ID-12)', async () => {
  const into = await app.signUpVerified('older@example.com')
  app.advance(seconds(1))
  const from = await app.signUp('unproven@example.com')
  const token = app.tokenIn(await app.linkEmail(into.access_token, 'unproven@example.com', goodPassword))
  const { merge_id } = expectResponse(await app.merge(into.access_token, token), 200, MergedView)
  assert.equal((await app.enter('unproven@example.com')).user.id, into.user.id, 'the mailbox signs in to the survivor')
  expectResponse(await revert(into.access_token, merge_id), 204)
  const again = await app.enter('unproven@example.com')
  assert.deepEqual([again.user.id, again.user.email_verified], [from.user.id, false])
  expectProblem(await app.linkTelegram(again.access_token, 67), 409, 'email-not-verified')
  await app.assertNoViolations()
})

test('only the survivor and staff reverse a merge, and after thirty days no one does (ID-12, A4)', async () => {
  const { into, from, merge_id } = await mergedAccounts('limits@example.com', 63)
  const other = await app.signUp('other@example.com')
  expectProblem(await revert(other.access_token, merge_id), 404, 'not-found')
  const byCustomer = await app.send(`POST /admin/merges/${merge_id}/undo`, { token: other.access_token })
  expectProblem(byCustomer, 403, 'forbidden')
  app.advance(days(30))
  const late = await app.enter('limits@example.com')
  expectProblem(await revert(late.access_token, merge_id), 409, 'merge-final')
  const second = await mergedAccounts('staff-reverts@example.com', 64)
  expectResponse(await app.send(`POST /admin/merges/${second.merge_id}/undo`, { token: adminToken }), 204)
  assert.equal((await app.statusOf(second.from.user.id)).status, 'active')
  assert.equal((await app.statusOf(from.user.id)).merged_into, into.user.id)
})

test('a survivor that was merged itself has no merge to reverse until its own is reversed (ID-12)', async () => {
  const first = await app.signUpVerified('first@example.com')
  app.advance(seconds(1))
  const { into: second, from, merge_id } = await mergedAccounts('second@example.com', 65)
  const token = app.tokenIn(await app.linkEmail(second.access_token, 'first@example.com', goodPassword))
  const merged = expectResponse(await app.merge(second.access_token, token), 200, MergedView)
  expectProblem(await app.send(`POST /admin/merges/${merge_id}/undo`, { token: adminToken }), 409, 'account-closed')
  expectProblem(await revert(first.access_token, merge_id), 404, 'not-found')
  expectResponse(await revert(first.access_token, merged.merge_id), 204)
  const entered = await app.enter('second@example.com')
  expectResponse(await revert(entered.access_token, merge_id), 204)
  assert.equal((await app.statusOf(from.user.id)).status, 'active')
  await app.assertNoViolations()
})

test('of ten reversals at once one is published (ID-12, REL-5)', async () => {
  const { into, merge_id } = await mergedAccounts('crowd@example.com', 66)
  assert.deepEqual(
    statusesOf(await crowd(10, () => revert(into.access_token, merge_id))),
    Array.from({ length: 10 }, () => 204),
  )
  assert.equal((await revertsOf(merge_id)).length, 1)
})

test('deleting the survivor deletes the merged account with it (ID-12, ID-18)', async () => {
  const { into, merge_id } = await mergedAccounts('gone@example.com', 67)
  const { access_token } = await app.enter('gone@example.com')
  const body = { password: goodPassword }
  expectResponse(await app.send('DELETE /auth/me', { token: access_token, body }), 204)
  expectProblem(await app.send(`POST /admin/merges/${merge_id}/undo`, { token: adminToken }), 404, 'not-found')
  assert.notEqual((await app.signInWithTelegram(67)).user.id, into.user.id)
  await app.assertNoViolations()
})

test('after thirty days the record of a merge is deleted, and the name of the merged account (ID-12)', async () => {
  const { from, merge_id } = await mergedAccounts('final@example.com', 68)
  app.advance(days(31))
  await runJob(app.module, 'identity.delete-expired-sessions')
  const records = await app.db.selectFrom('identity.merges').select('id').where('id', '=', merge_id).execute()
  const users = await app.db.selectFrom('identity.users').select('name').where('id', '=', from.user.id).execute()
  assert.deepEqual([records, users], [[], [{ name: '' }]])
})
