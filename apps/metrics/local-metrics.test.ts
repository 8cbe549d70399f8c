import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAppConfig } from '../config/config.ts'
import { hasLocalMetrics } from './local-metrics.ts'

test('the metrics need a token as soon as anything suggests a proxy (F-42, A26)', () => {
  const isOpen = ({ NODE_ENV, ...settings }: Record<string, string> = {}) =>
    hasLocalMetrics(readAppConfig(settings), { NODE_ENV })
  assert.equal(isOpen(), true)
  for (const PUBLIC_URL of ['http://localhost:8000', 'http://127.0.0.1', 'http://[::1]:8000'])
    assert.equal(isOpen({ PUBLIC_URL }), true, PUBLIC_URL)
  for (const PUBLIC_URL of ['https://shop.example', 'http://127.0.0.1.shop.example', 'http://10.0.0.1'])
    assert.equal(isOpen({ PUBLIC_URL }), false, PUBLIC_URL)
  assert.equal(isOpen({ TRUSTED_PROXIES: '127.0.0.1' }), false)
  assert.equal(isOpen({ NODE_ENV: 'production' }), false)
  assert.equal(isOpen({ NODE_ENV: 'development' }), true)
})
