import assert from 'node:assert/strict'
import { createHash, createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { sign } from '@tma.js/init-data-node'
import { crowd, expectProblem, expectResponse, runJob, statusesOf } from '#platform/testing'
import { after as later, days, minutes, seconds } from '#platform/values'
import { SignedInView, UserView } from '../../schema.ts'
import { adminToken, internalToken, openIdentityTest, type IdentityTest } from '../../testing.ts'

const bot_token = '7342037359:AAHI25ES9xCOMPokpYoz-p8XVrZUdygo2J4'
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const { x = '' } = publicKey.export({ format: 'jwk' })
const public_key = Buffer.from(x, 'base64url').toString('hex')
const maxAge = days(1)

let time = new Date('2026-11-21T09:00:00Z')
let app: IdentityTest
let byId: IdentityTest
before(async () => {
  app = await openIdentityTest({ now: () => time, telegram: { bot_token, public_key, maxAge } })
  byId = await openIdentityTest({ now: () => time, telegram: { bot_id: '7342037359', public_key, maxAge } })
})
after(async () => {
  await app.close()
  await byId.close()
})

const annaInTelegram = { id: 99_281_932, first_name: 'Анна', last_name: 'Чай', language_code: 'ru', username: 'anna' }
const dataOf = (user: object = annaInTelegram, { at = time, token = bot_token } = {}) =>
  sign({ user: user as never, query_id: 'AAF', chat_instance: '1', start_param: 'x' }, token, at)
const miniApp = (init_data: string, on = app) => on.send('POST /auth/telegram/mini-app', { body: { init_data } })
const signedIn = async (init_data: string) => expectResponse(await miniApp(init_data), 200, SignedInView)

/** Signs the data again, as an attacker cannot: shows that only the signature refuses a change. */
const withChange = (init_data: string, change: (fields: URLSearchParams) => void): string => {
  const fields = new URLSearchParams(init_data)
  change(fields)
  return fields.toString()
}

describe('the data of a Mini App', () => {
  test('creates an account with the name and the language of Telegram, and finds it again (ID-9)', async () => {
    const { user, access_token } = await signedIn(dataOf())
    const { name, locale, email, role } = user
    assert.deepEqual({ name, locale, email, role }, { name: 'Анна Чай', locale: 'ru', email: null, role: 'customer' })
    assert.equal(expectResponse(await app.me(access_token), 200, UserView).id, user.id)
    const again = await signedIn(dataOf({ ...annaInTelegram, first_name: 'Another', username: 'other' }))
    assert.equal(again.user.id, user.id, 'the id is the key, not the name')
    assert.equal(again.user.name, 'Анна Чай')
    const events = await app.eventsOf('identity.user-registered.v1')
    assert.deepEqual(events, [{ user_id: user.id, name: 'Анна Чай', locale: 'ru' }])
    const path = `GET /internal/users/by-telegram/${annaInTelegram.id}` as const
    const found = expectResponse(await app.send(path, { token: internalToken }), 200) as { id: string }
    assert.equal(found.id, user.id)
    await app.assertNoViolations()
  })

  test('may be sent again after a reload, but not without end (ID-9)', async () => {
    const data = dataOf({ ...annaInTelegram, id: 2 })
    for (let i = 0; i < 20; i++) await signedIn(data)
    expectProblem(await miniApp(data), 401, 'telegram-data-used')
    const reordered = [...new URLSearchParams(data)].toReversed()
    expectProblem(await miniApp(new URLSearchParams(reordered).toString()), 401, 'telegram-data-used')
    await signedIn(dataOf({ ...annaInTelegram, id: 3 }))
  })

  test('has one form: its fields cannot be split in another way under the same signature (ID-9)', async () => {
    const data = dataOf({ ...annaInTelegram, id: 6 })
    const split = withChange(data, (fields) => {
      fields.set('query_id', `${fields.get('query_id')}\nsignature=${fields.get('signature')}`)
      fields.delete('signature')
    })
    await signedIn(data)
    expectProblem(await miniApp(split), 401, 'invalid-telegram-data')
  })

  test('ten first sign-ins at once create one account (ID-9, REL-5)', async () => {
    const data = dataOf({ ...annaInTelegram, id: 4 })
    const ends = await crowd(10, () => signedIn(data))
    const ids = ends.map((end) => (end.status === 'fulfilled' ? end.value.user.id : assert.fail(String(end.reason))))
    assert.equal(new Set(ids).size, 1)
  })

  test('of a blocked user opens no session (ID-9, ID-14)', async () => {
    const { user } = await signedIn(dataOf({ ...annaInTelegram, id: 5 }))
    await app.send(`PATCH /admin/users/${user.id}`, { token: adminToken, body: { status: 'blocked' } })
    expectProblem(await miniApp(dataOf({ ...annaInTelegram, id: 5 })), 403, 'account-blocked')
  })

  test('with every known forgery is refused (ID-9, A3)', async () => {
    const data = dataOf()
    const hash = new URLSearchParams(data).get('hash') ?? ''
    const other = JSON.stringify({ ...annaInTelegram, id: 1 })
    const forgeries: Record<string, string> = {
      'another user': withChange(data, (fields) => fields.set('user', other)),
      'a second user': `${data}&user=${encodeURIComponent(other)}`,
      'a second user before': `user=${encodeURIComponent(other)}&${data}`,
      'an added field': `${data}&photo=1`,
      'an added signature': `${data}&signature=abc`,
      'a removed field': withChange(data, (fields) => fields.delete('query_id')),
      'an upper-case hash': data.replace(hash, hash.toUpperCase()),
      'a short hash': data.replace(hash, hash.slice(0, 63)),
      'no hash': withChange(data, (fields) => fields.delete('hash')),
      'a second hash': `${data}&hash=${hash}`,
      'another bot': dataOf(annaInTelegram, { token: '1:other' }),
      'a bot as the user': dataOf({ ...annaInTelegram, is_bot: true }),
      'no user': sign({ query_id: 'AAF' }, bot_token, time),
      'a user id of zero': dataOf({ ...annaInTelegram, id: 0 }),
      'a user id that is a text': dataOf({ ...annaInTelegram, id: '99281932' }),
      'a date of the future': dataOf(annaInTelegram, { at: later(time, seconds(61)) }),
      'a widget hash': widgetHashOf(data),
      nonsense: 'nonsense',
    }
    for (const [name, forgery] of Object.entries(forgeries)) {
      const response = await miniApp(forgery)
      assert.equal(expectProblem(response, 401, 'invalid-telegram-data').status, 401, name)
    }
    expectProblem(
      await miniApp(dataOf(annaInTelegram, { at: later(time, -days(1) - seconds(1)) })),
      401,
      'telegram-data-expired',
    )
    await signedIn(dataOf(annaInTelegram, { at: later(time, seconds(59)) }))
  })

  test('is checked by the signature of Telegram where only the id of the bot is known (ID-9)', async () => {
    const signed = (fields: Record<string, string>, bot = '7342037359') => {
      const text = Object.entries(fields)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted()
        .join('\n')
      const signature = signBytes(null, Buffer.from(`${bot}:WebAppData\n${text}`), privateKey).toString('base64url')
      return new URLSearchParams({ ...fields, hash: '0'.repeat(64), signature }).toString()
    }
    const fields = { auth_date: String(time.getTime() / 1000), user: JSON.stringify(annaInTelegram), query_id: 'AAF' }
    expectResponse(await miniApp(signed(fields), byId), 200, SignedInView)
    const forgeries = [
      signed(fields, '1'),
      withChange(signed(fields), (changed) => changed.set('user', JSON.stringify({ ...annaInTelegram, id: 1 }))),
      withChange(signed(fields), (changed) => changed.delete('signature')),
      withChange(signed(fields), (changed) => changed.set('signature', 'A'.repeat(86))),
      dataOf(),
    ]
    for (const forgery of forgeries) expectProblem(await miniApp(forgery, byId), 401, 'invalid-telegram-data')
    expectProblem(await miniApp(signed(fields)), 401, 'invalid-telegram-data')
  })
})

type Widget = Readonly<Record<string, string | number>>
const checkString = (fields: Widget) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('\n')

/** Signs as the widget does: the key is the SHA-256 of the token, not the one of Mini Apps. */
const widgetOf = (fields: Widget, token = bot_token): Widget => {
  const key = createHash('sha256').update(token).digest()
  return { ...fields, hash: createHmac('sha256', key).update(checkString(fields)).digest('hex') }
}

const widgetHashOf = (init_data: string): string => {
  const { hash: _, ...fields } = Object.fromEntries(new URLSearchParams(init_data))
  return new URLSearchParams(widgetOf(fields) as Record<string, string>).toString()
}

describe('the data of the Login Widget', () => {
  const fields = () => ({
    id: annaInTelegram.id,
    first_name: 'Анна',
    last_name: 'Чай',
    username: 'anna',
    photo_url: 'https://t.me/i/userpic/320/anna.jpg',
    auth_date: time.getTime() / 1000,
  })
  const widget = (body: Widget, on = app) => on.send('POST /auth/telegram/widget', { body })

  test('signs in once, as the same user as the Mini App (ID-10)', async () => {
    const { user } = await signedIn(dataOf())
    const body = widgetOf(fields())
    assert.equal(expectResponse(await widget(body), 200, SignedInView).user.id, user.id)
    expectProblem(await widget(body), 401, 'telegram-data-used')
    time = later(time, seconds(1))
    const { last_name: _, photo_url: _photo, ...less } = fields()
    expectResponse(await widget(widgetOf(less)), 200)
  })

  test('opens one session of ten requests at once (ID-10, REL-5)', async () => {
    const body = widgetOf({ ...fields(), id: 77 })
    const statuses = statusesOf(await crowd(10, () => widget(body)))
    assert.deepEqual(statuses, [200, ...Array.from({ length: 9 }, () => 401)])
  })

  test('with every known forgery is refused (ID-10, A3)', async () => {
    const now = time.getTime() / 1000
    const good = widgetOf(fields())
    const miniAppKey = createHmac('sha256', 'WebAppData').update(bot_token).digest()
    const forgeries: readonly Widget[] = [
      { ...good, id: 1 },
      { ...good, username: 'boris' },
      widgetOf(fields(), '1:other'),
      widgetOf({ ...fields(), auth_date: now + 61 }),
      { ...fields(), hash: createHmac('sha256', miniAppKey).update(checkString(fields())).digest('hex') },
    ]
    for (const forgery of forgeries) expectProblem(await widget(forgery), 401, 'invalid-telegram-data')
    expectProblem(await widget(widgetOf({ ...fields(), auth_date: now - 601 })), 401, 'telegram-data-expired')
    for (const wrong of [
      { ...good, hash: 'ABC' },
      { ...good, role: 'admin' },
      { ...good, id: '1' },
    ])
      expectProblem(await widget(wrong), 400, 'validation-failed')
    expectProblem(await widget(good, byId), 409, 'telegram-off')
    time = later(time, minutes(11))
    expectProblem(await widget(good), 401, 'telegram-data-expired')
  })
})

test('a shop without a bot refuses, and expired proofs are deleted (ID-9)', async () => {
  const plain = await openIdentityTest()
  try {
    expectProblem(await miniApp(dataOf(), plain), 409, 'telegram-off')
  } finally {
    await plain.close()
  }
  time = later(time, days(2))
  await runJob(app.module, 'identity.delete-expired-sessions')
  assert.deepEqual(await app.db.selectFrom('identity.telegram_proofs').selectAll().execute(), [])
})
