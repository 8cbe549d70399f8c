import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectResponse, runJob } from '#platform/testing'
import { after, days, seconds } from '#platform/values'
import { openIdentityTest } from '../../testing.ts'

test('sessions are deleted a month after they expired, others stay (ID-6)', async () => {
  let time = new Date('2026-11-21T09:00:00Z')
  const app = await openIdentityTest({ now: () => time })
  try {
    const old = await app.signUp('old@example.com')
    time = after(time, days(14 + 30) + seconds(1))
    const young = await app.signUp('young@example.com')
    await runJob(app.module, 'identity.delete-expired-sessions')
    const rows = await app.db.selectFrom('identity.sessions').select('user_id').execute()
    assert.ok(!rows.some(({ user_id }) => user_id === old.user.id))
    assert.ok(rows.some(({ user_id }) => user_id === young.user.id))
    expectResponse(await app.refresh(young.refresh_token), 200)
  } finally {
    await app.close()
  }
})
