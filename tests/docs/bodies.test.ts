import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/values'
import { openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { operations } from './openapi.ts'

let shop: Shop
let customer: string
before(async () => {
  shop = await openShop()
  customer = await shop.customer()
})
after(() => shop.close())

const withBody = operations.filter(({ body, path }) => body && path.startsWith('/api/v1/'))

/** The response to a request without a body, sent by the caller who may use the route. */
async function withoutBody(method: string, path: string, headers?: Record<string, string>) {
  const named = path
    .replace('/api/v1', '')
    .replace('{plural}', 'flowers')
    .replace('{code}', 'taste')
    .replace('{role}', 'courier')
    .replace('{token}', 'x'.repeat(67))
    .replaceAll(/\{[^}]+\}/g, newId())
  const [toStaff, toCustomer] = await Promise.all(
    [staff, customer].map(
      async (as) => await shop.send(as, `${method.toUpperCase()} /${named.slice(1)}`, { ...(headers && { headers }) }),
    ),
  )
  return [toStaff, toCustomer].find((answer) => answer && answer.status !== 403)
}

test('a body that the document requires is required, and no other (rule 12)', async () => {
  assert.ok(withBody.length > 20, `only ${withBody.length} routes with a body`)
  for (const { method, path, body } of withBody) {
    for (const headers of [undefined, { 'content-type': 'application/json' }]) {
      const answer = await withoutBody(method, path, headers)
      const isRefused = answer?.status === 400 && (answer.body as { code: string }).code === 'empty-body'
      const name = `${method.toUpperCase()} ${path}${headers ? ' with a content type' : ''}`
      assert.equal(isRefused, body?.required ?? false, `${name}: ${answer?.status} ${JSON.stringify(answer?.body)}`)
    }
  }
})

test('a delivery, a cancellation, a refund of a return, a deletion, a reversal and the validation of a token need no body', () => {
  const free = withBody.filter(({ body }) => !body?.required).map(({ path }) => path)
  assert.deepEqual(free, [
    '/api/v1/admin/order-returns/{id}/refund',
    '/api/v1/auth/me',
    '/api/v1/auth/merge/{id}/undo',
    '/api/v1/auth/validate',
    '/api/v1/delivery/{id}/deliver',
    '/api/v1/orders/by-link/{token}/cancel',
    '/api/v1/orders/{id}/cancel',
  ])
})
