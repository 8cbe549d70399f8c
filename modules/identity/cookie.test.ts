import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceCookie, deviceTokenOf } from './device-cookie.ts'
import { loginCookie, loginSecretOf } from './telegram/login-cookie.ts'

const pairOf = (cookie: string) => cookie.split(';', 1)[0] ?? ''
const kinds = [
  { name: 'posad_telegram', set: loginCookie, read: loginSecretOf },
  { name: 'posad_device', set: deviceCookie, read: deviceTokenOf },
]

for (const { name, set, read } of kinds) {
  test(`over https only the ${name} that no other host can set counts (ID-11, A22)`, () => {
    const [own, planted] = [pairOf(set('own', { https: true })), `${name}=planted`]
    assert.equal(own, `__Host-${name}=own`)
    assert.match(set('own', { https: true }), /; Path=\/; .*; Secure$/)
    assert.equal(read(planted, { https: true }), undefined)
    for (const both of [`${planted}; ${own}`, `${own}; ${planted}`]) assert.equal(read(both, { https: true }), 'own')
    assert.equal(read(own, { https: false }), undefined)
    assert.equal(read(pairOf(set('own', { https: false })), { https: false }), 'own')
  })

  test(`two ${name} cookies are none: one may come from another person (ID-11)`, () => {
    for (const https of [true, false]) {
      const cookie = pairOf(set('own', { https }))
      assert.equal(read(`theme=dark; ${cookie}`, { https }), 'own')
      assert.equal(read(`${cookie}; ${cookie}`, { https }), undefined)
      assert.equal(read(`${cookie.replace('own', 'planted')};${cookie}`, { https }), undefined)
    }
    assert.equal(read(undefined, { https: false }), undefined)
    assert.equal(read(`x${name}=own`, { https: false }), undefined)
  })
}
