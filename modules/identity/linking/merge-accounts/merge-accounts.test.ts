import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { Page } from '#platform/schema'
import { crowd, eventually, expectProblem, expectResponse, responsesOf } from '#platform/testing'
import { after as later, minutes, seconds } from '#platform/values'
import { SavedAddressView } from '../../addresses/schema.ts'
import { UserView } from '../../schema.ts'
import { adminToken, goodPassword, openMergeTest, raceForLock, type MergeTest } from '../../testing.ts'
import { LinkView, MergedView } from '../schema.ts'

let app: MergeTest
before(async () => {
  app = await openMergeTest()
})
after(() => app.close())

/** An older account with a proven mailbox, and a younger one that Telegram opened. */
async function twoAccounts(email: string, telegram_id: number) {
  const older = await app.signUpVerified(email)
  app.advance(seconds(1))
  const younger = await app.signInWithTelegram(telegram_id)
  return { older, younger }
}
const mergesInto = async (id: string) =>
  (await app.eventsOf('identity.accounts-merged.v1')).filter(({ into }) => into === id)

describe('two accounts of one person', () => {
  test('are shown before they are merged, without the whole of their identities (ID-12)', async () => {
    const { younger } = await twoAccounts('preview@example.com', 20)
    const { merge } = expectResponse(await app.linkEmail(younger.access_token, 'preview@example.com'), 200, LinkView)
    assert.deepEqual(
      [merge?.own.is_survivor, merge?.other.is_survivor, merge?.expires_in, merge?.other.name],
      [false, true, 900, 'preview'],
    )
    assert.deepEqual(merge?.other.identities, [{ provider: 'email', subject: 'p•••@example.com' }])
    assert.deepEqual(merge?.own.identities, [{ provider: 'telegram', subject: '•••20' }])
    assert.equal((await app.statusOf(younger.user.id)).status, 'active', 'a preview merges nothing')
  })

  test('become the older one, which both identities sign in to (ID-12)', async () => {
    const { older, younger } = await twoAccounts('anna@example.com', 21)
    const token = app.tokenIn(await app.linkEmail(younger.access_token, 'anna@example.com'))
    const merged = expectResponse(await app.merge(younger.access_token, token), 200, MergedView)
    assert.equal(merged.user.id, older.user.id)
    assert.deepEqual(await app.statusOf(younger.user.id), { status: 'merged', merged_into: older.user.id })
    expectProblem(await app.me(younger.access_token), 401, 'unauthorized')
    expectProblem(await app.refresh(younger.refresh_token), 401, 'invalid-refresh-token')
    const own = expectResponse(await app.me(merged.session?.access_token), 200, UserView)
    assert.equal(own.id, older.user.id, 'the session of the request is replaced')
    expectResponse(await app.me(older.access_token), 200)
    assert.equal((await app.signInWithTelegram(21)).user.id, older.user.id)
    assert.equal((await app.enter('anna@example.com')).user.id, older.user.id)
    const [event, ...more] = await mergesInto(older.user.id)
    assert.deepEqual(event, { merge_id: merged.merge_id, from: younger.user.id, into: older.user.id })
    assert.equal(more.length, 0)
    assert.ok(app.mails.some(({ to, subject }) => to === 'anna@example.com' && subject.startsWith('Two accounts')))
    await app.assertNoViolations()
  })

  test('become the older one also when its session asks, and that session stays (ID-12)', async () => {
    const { older, younger } = await twoAccounts('asks@example.com', 22)
    const token = app.tokenIn(await app.linkTelegram(older.access_token, 22))
    const merged = expectResponse(await app.merge(older.access_token, token), 200, MergedView)
    assert.deepEqual([merged.user.id, merged.session], [older.user.id, null])
    expectResponse(await app.me(older.access_token), 200)
    assert.equal((await app.statusOf(younger.user.id)).merged_into, older.user.id)
  })

  test('keep the password of the one that has it (ID-12)', async () => {
    const older = await app.signInWithTelegram(23)
    app.advance(seconds(1))
    const younger = await app.signUpVerified('password@example.com')
    const token = app.tokenIn(await app.linkTelegram(younger.access_token, 23))
    expectResponse(await app.merge(younger.access_token, token), 200)
    assert.equal((await app.enter('password@example.com')).user.id, older.user.id)
  })
})

describe('a takeover', () => {
  test('by the token of another session is refused (ID-12)', async () => {
    const { older, younger } = await twoAccounts('bound@example.com', 30)
    const token = app.tokenIn(await app.linkEmail(younger.access_token, 'bound@example.com'))
    const otherSession = await app.signInWithTelegram(30)
    for (const thief of [otherSession, older, await app.signInWithTelegram(31)])
      expectProblem(await app.merge(thief.access_token, token), 404, 'invalid-merge-token')
    expectResponse(await app.merge(younger.access_token, token), 200)
  })

  test('by a token that was used, is old, or is invented, is refused (ID-12)', async () => {
    const { older, younger } = await twoAccounts('single@example.com', 32)
    const token = app.tokenIn(await app.linkTelegram(older.access_token, 32))
    expectProblem(await app.merge(older.access_token, 'invented'), 404, 'invalid-merge-token')
    expectResponse(await app.merge(older.access_token, token), 200)
    expectProblem(await app.merge(older.access_token, token), 404, 'invalid-merge-token')
    const third = await app.signInWithTelegram(33)
    const late = app.tokenIn(await app.linkEmail(third.access_token, 'single@example.com'))
    app.advance(minutes(15))
    const { access_token } = expectResponse(await app.refresh(third.refresh_token), 200) as { access_token: string }
    expectProblem(await app.merge(access_token, late), 404, 'invalid-merge-token')
    assert.notEqual((await app.statusOf(third.user.id)).status, 'merged')
    assert.equal((await app.statusOf(younger.user.id)).merged_into, older.user.id)
  })

  test('by a token of a session that logged out is refused (ID-12)', async () => {
    const { older, younger } = await twoAccounts('logout@example.com', 34)
    const token = app.tokenIn(await app.linkEmail(younger.access_token, 'logout@example.com'))
    await sql`update identity.sessions set ended_at = now(), end_reason = 'logged_out'
      where user_id = ${younger.user.id}`.execute(app.db)
    // The status of the session is cached: the request passes the check of its token.
    expectProblem(await app.merge(younger.access_token, token), 404, 'invalid-merge-token')
    assert.deepEqual(await mergesInto(older.user.id), [])
  })

  test('by equal text of an e-mail, an equal name or an unproven mailbox links nothing (ID-12)', async () => {
    await app.signUpVerified('victim@example.com')
    const thief = await app.signInWithTelegram(35)
    expectResponse(await app.requestCode(thief.access_token, 'victim@example.com'), 204)
    expectProblem(await app.confirm(thief.access_token, '0'.repeat(16)), 404, 'invalid-code')
    const { status } = expectResponse(await app.linkEmail(thief.access_token, 'victim+shop@example.com'), 200, LinkView)
    assert.equal(status, 'linked', 'another mailbox')
  })

  test('by a person who registered the mailbox of another before: the password and the sessions end (ID-12)', async () => {
    const thief = await app.signUp('trap@example.com')
    const address = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '13' }
    expectResponse(await app.send('POST /auth/me/addresses', { token: thief.access_token, body: address }), 201)
    app.advance(seconds(1))
    const owner = await app.signInWithTelegram(36)
    const offered = await app.linkEmail(owner.access_token, 'trap@example.com')
    const merged = expectResponse(await app.merge(owner.access_token, app.tokenIn(offered)), 200, MergedView)
    assert.equal(merged.user.id, owner.user.id, 'the older account is the trap, and does not survive')
    expectProblem(await app.me(thief.access_token), 401, 'unauthorized')
    expectProblem(await app.logIn('trap@example.com'), 401, 'wrong-credentials')
    const own = expectResponse(await app.me(owner.access_token), 200, UserView)
    assert.deepEqual([own.email, own.email_verified], ['trap@example.com', true])
    const addresses = await app.send('GET /auth/me/addresses', { token: owner.access_token })
    assert.deepEqual(
      expectResponse(addresses, 200, Page(SavedAddressView)).items,
      [],
      'the goods go to no other person',
    )
  })

  test('by a person who added a way in to the registered mailbox of another: the mailbox alone moves (ID-12)', async () => {
    const thief = await app.signUp('claimed@example.com')
    const way = { provider: 'telegram', subject: '37', verified_at: app.now(), created_at: app.now() } as const
    await app.db
      .insertInto('identity.identities')
      .values({ user_id: thief.user.id, ...way })
      .execute()
    const owner = await app.signInWithTelegram(38)
    const linked = expectResponse(await app.linkEmail(owner.access_token, 'claimed@example.com'), 200, LinkView)
    assert.equal(linked.status, 'linked')
    expectProblem(await app.logIn('claimed@example.com'), 401, 'wrong-credentials')
    assert.equal((await app.signInWithTelegram(37)).user.id, thief.user.id)
    assert.equal(expectResponse(await app.me(owner.access_token), 200, UserView).email, 'claimed@example.com')
    await app.assertNoViolations()
  })

  test('of an account of staff or a blocked account is refused (ID-12, ID-14)', async () => {
    const staff = await app.signUpVerified('staff@example.com')
    await app.module.users.grantRole('staff@example.com', 'operator')
    const { access_token: token } = await app.signInWithTelegram(39)
    expectProblem(await app.linkEmail(token, 'staff@example.com'), 409, 'staff-account')
    const blocked = await app.signUpVerified('blocked@example.com')
    const body = { status: 'blocked' }
    expectResponse(await app.send(`PATCH /admin/users/${blocked.user.id}`, { token: adminToken, body }), 200)
    expectProblem(await app.linkEmail(token, 'blocked@example.com'), 403, 'account-blocked')
    assert.equal((await app.statusOf(staff.user.id)).status, 'active')
  })

  test('of an account that became one of staff after the preview is refused (ID-12)', async () => {
    const { younger } = await twoAccounts('promoted@example.com', 40)
    const token = app.tokenIn(await app.linkEmail(younger.access_token, 'promoted@example.com'))
    await app.module.users.grantRole('promoted@example.com', 'admin')
    expectProblem(await app.merge(younger.access_token, token), 409, 'staff-account')
  })

  test('of an identity that belongs to a third account since is refused (ID-12)', async () => {
    const { older, younger } = await twoAccounts('third@example.com', 41)
    const token = app.tokenIn(await app.linkEmail(younger.access_token, 'third@example.com'))
    app.advance(seconds(1))
    const third = await app.signInWithTelegram(42)
    const before = app.tokenIn(await app.linkEmail(third.access_token, 'third@example.com'))
    expectResponse(await app.merge(third.access_token, before), 200)
    assert.equal((await app.statusOf(third.user.id)).merged_into, older.user.id)
    // The mailbox is still that of the older account, so the first token holds.
    expectResponse(await app.merge(younger.access_token, token), 200)
    assert.equal((await mergesInto(older.user.id)).length, 2)
  })
})

describe('merges at once', () => {
  const lockOf = (id: string) => sql`select from identity.users where id = ${id} for update`

  test('of the same two accounts from both sides have one outcome (ID-12, REL-5)', async () => {
    const { older, younger } = await twoAccounts('both@example.com', 50)
    const fromOlder = app.tokenIn(await app.linkTelegram(older.access_token, 50))
    const fromYounger = app.tokenIn(await app.linkEmail(younger.access_token, 'both@example.com'))
    const responses = await raceForLock(app, { lock: lockOf(older.user.id), waiting: 2 }, () =>
      crowd(6, (i) =>
        i % 2 === 0 ? app.merge(older.access_token, fromOlder) : app.merge(younger.access_token, fromYounger),
      ),
    )
    const statuses = responsesOf(responses).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join())
    assert.ok(
      statuses.every((status) => [200, 401, 404].includes(status)),
      statuses.join(),
    )
    assert.equal((await mergesInto(older.user.id)).length, 1)
    assert.deepEqual(await app.statusOf(younger.user.id), { status: 'merged', merged_into: older.user.id })
    await app.assertNoViolations()
  })

  test('of one account into a second, and of the second into a third, form a chain or refuse one (ID-12, REL-5)', async () => {
    const third = await app.signUpVerified('chain-third@example.com')
    app.advance(seconds(1))
    const second = await app.signUpVerified('chain-second@example.com')
    app.advance(seconds(1))
    const first = await app.signInWithTelegram(51)
    const firstIntoSecond = app.tokenIn(await app.linkEmail(first.access_token, 'chain-second@example.com'))
    const secondIntoThird = app.tokenIn(
      await app.linkEmail(second.access_token, 'chain-third@example.com', goodPassword),
    )
    const responses = await raceForLock(app, { lock: lockOf(second.user.id), waiting: 2 }, () =>
      crowd(4, (i) =>
        i % 2 === 0 ? app.merge(first.access_token, firstIntoSecond) : app.merge(second.access_token, secondIntoThird),
      ),
    )
    const statuses = responsesOf(responses).map(({ status }) => status)
    assert.ok(
      statuses.every((status) => [200, 401, 404].includes(status)),
      statuses.join(),
    )
    assert.equal((await app.statusOf(second.user.id)).merged_into, third.user.id)
    const { status, merged_into } = await app.statusOf(first.user.id)
    assert.ok(status === 'active' || merged_into === second.user.id)
    const { user } = await app.signInWithTelegram(51)
    assert.equal(user.id, status === 'active' ? first.user.id : third.user.id)
    await app.assertNoViolations()
  })

  test('with sign-ins leave no session of the merged account, and no sign-in is called blocked (ID-12, REL-5)', async () => {
    const { older, younger } = await twoAccounts('signing@example.com', 52)
    const token = app.tokenIn(await app.linkEmail(younger.access_token, 'signing@example.com'))
    const lockWaits = sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    const signIn = (i: number) => {
      const init_data = app.initDataOf(52, later(app.now(), -seconds(i)))
      return app.send('POST /auth/telegram/mini-app', { body: { init_data } })
    }
    const responses = await raceForLock(app, { lock: lockOf(younger.user.id), waiting: 3 }, async () => {
      const merging = app.merge(younger.access_token, token)
      await eventually(async () => assert.equal((await lockWaits.execute(app.db)).rows.length, 1))
      // They find the account before the merge ends.
      return await crowd(3, (i) => (i === 0 ? merging : signIn(i)))
    })
    for (const response of responsesOf(responses)) expectResponse(response, 200)
    await app.assertNoViolations()
    assert.equal((await app.signInWithTelegram(52)).user.id, older.user.id)
  })

  test('with the blocking of the account end blocked or merged, never both (ID-12, ID-14, REL-5)', async () => {
    const { older, younger } = await twoAccounts('race-block@example.com', 53)
    const token = app.tokenIn(await app.linkEmail(younger.access_token, 'race-block@example.com'))
    await raceForLock(app, { lock: lockOf(older.user.id), waiting: 2 }, () =>
      crowd(2, (i) =>
        i === 0
          ? app.merge(younger.access_token, token)
          : app.send(`PATCH /admin/users/${older.user.id}`, { token: adminToken, body: { status: 'blocked' } }),
      ),
    )
    const [ofOlder, ofYounger] = [await app.statusOf(older.user.id), await app.statusOf(younger.user.id)]
    assert.equal(ofOlder.status, 'blocked')
    assert.equal(ofYounger.merged_into === older.user.id, (await mergesInto(older.user.id)).length === 1)
    await app.assertNoViolations()
  })
})
