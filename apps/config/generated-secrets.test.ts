import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { readAppConfig } from './config.ts'
import { generatedSecret, lostSecrets } from './generated-secrets.ts'

const directory = mkdtempSync(join(tmpdir(), 'posad-lost-'))
after(() => rmSync(directory, { recursive: true }))

const lostWith = (settings: Record<string, string> = {}) =>
  lostSecrets(readAppConfig({ POSAD_DATA: directory, ...settings })).map((line) => basename(line.split(' ')[0] ?? ''))

test('a start names each secret that was lost, and none that a setting replaces (PLT-13, PLT-21)', () => {
  assert.deepEqual(lostWith(), [], 'a first start')
  const file = join(directory, 'jwt-secret')
  writeFileSync(file, 's'.repeat(40))
  utimesSync(file, 0, 0)
  assert.deepEqual(lostWith().toSorted(), [
    'buyer-key-secret',
    'file-link-secret',
    'mail-secret',
    'order-link-secret',
    'pay-link-secret',
    'webhook-secret',
  ])
  const given = Object.fromEntries(
    ['BUYER_KEY', 'FILE_LINK', 'MAIL', 'ORDER_LINK', 'PAY_LINK'].map((name) => [`${name}_SECRET`, 's'.repeat(40)]),
  )
  assert.deepEqual(lostWith(given), ['webhook-secret'])
  generatedSecret(readAppConfig({ POSAD_DATA: directory }), 'webhook')
  assert.deepEqual(lostWith(given), [])
})
