import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noRoute } from '../route-facts.ts'
import { loggedPath } from './logged-path.ts'

const token = 'kJ2b7Qw0-xYvR3mN8sTzLA'

test('the log has no token of a path, whether the path has a route or not (PLT-16, A26)', () => {
  const pattern = '/api/v1/delivery/track/:token/events'
  assert.equal(
    loggedPath(`/api/v1/delivery/track/${token}/events?x=1`, { pattern }),
    '/api/v1/delivery/track/[hidden]/events',
  )
  assert.equal(loggedPath(`/delivery/trakc/${token}`, noRoute), '/delivery/trakc/[hidden]')
  assert.equal(loggedPath(`/ru/orders/by-link/${token}`, { pattern: '/ru/*' }), '/ru/orders/by-link/[hidden]')
  assert.equal(
    loggedPath(`/orders/by-link/${token}.x/cancel`, { pattern: 'ordering' }),
    '/orders/by-link/[hidden]/cancel',
  )
  assert.equal(loggedPath(`/alerts/0a1b2c3d4e5f6a7b`, { pattern: 'shop' }), '/alerts/[hidden]')
})

test('the log has the ids and names of a path (PLT-16)', () => {
  const id = '01a1fcdb-00cc-7833-8903-ac94dfbc87af'
  assert.equal(loggedPath(`/api/v1/orders/${id}?a=1`, { pattern: '/api/v1/orders/:id' }), `/api/v1/orders/${id}`)
  assert.equal(
    loggedPath('/ru/product/da-hun-pao-2024-spring', { pattern: '/ru/*' }),
    '/ru/product/da-hun-pao-2024-spring',
  )
  assert.equal(loggedPath(`/${'a'.repeat(8000)}`, noRoute).length, 300)
  assert.equal(loggedPath(`/orders/${id}/milk-oolong-from-fujian`, noRoute), `/orders/${id}/milk-oolong-from-fujian`)
})
