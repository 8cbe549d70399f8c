import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, readConfig } from '#platform/config'
import { mailSettings } from './index.ts'

const read = (environment: Record<string, string>) => readConfig(environment, { topics: { mail: mailSettings } }).mail
const from = { SMTP_FROM: 'Tea and flowers <shop@example.org>' }

test('without a mail server mails become files (ID-13, PLT-11)', () => {
  assert.equal(read({}).kind, 'files')
})

test('a mail server is named by one address or by its parts (ID-13, PLT-11)', () => {
  const server = { kind: 'smtp', host: 'mail.example', from: from.SMTP_FROM, queueSecret: undefined }
  const login = { user: 'shop@example', password: 'p:w@/' }
  assert.deepEqual(read({ ...from, SMTP_URL: 'smtp://shop%40example:p%3Aw%40%2F@mail.example' }), {
    ...server,
    port: 587,
    secure: false,
    login,
  })
  assert.deepEqual(read({ ...from, SMTP_URL: 'smtps://mail.example' }), {
    ...server,
    port: 465,
    secure: true,
    login: undefined,
  })
  const parts = { SMTP_HOST: 'mail.example', SMTP_PORT: '465', SMTP_USER: login.user, SMTP_PASSWORD: login.password }
  assert.deepEqual(read({ ...from, ...parts }), { ...server, port: 465, secure: true, login })
})

test('contradictions and a mail server without a sender stop the start (PLT-11)', () => {
  const wrong: readonly Record<string, string>[] = [
    { SMTP_URL: 'smtp://mail.example' },
    { ...from, SMTP_URL: 'http://mail.example' },
    { ...from, SMTP_URL: 'smtp://mail.example', SMTP_HOST: 'mail.example' },
    { ...from, SMTP_HOST: 'mail.example', SMTP_USER: 'shop' },
    { ...from, SMTP_USER: 'shop', SMTP_PASSWORD: 'secret' },
    { ...from, SMTP_URL: 'smtp://a:b@mail.example', SMTP_USER: 'shop', SMTP_PASSWORD: 'secret' },
    { SMTP_FROM: 'Shop <shop@example.org>\nBcc: boris@example.org' },
  ]
  for (const environment of wrong) assert.throws(() => read(environment), ConfigError, JSON.stringify(environment))
})
