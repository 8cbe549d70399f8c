import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectProblem, expectResponse } from '#platform/testing'
import { AuditPage } from '../../apps/operator/audit-routes.ts'
import { guest, openShop, staff, type Shop } from './open-shop.ts'
import { firstOf, registerCustomer } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(() => shop.close())

const audit = async (query: string) =>
  expectResponse(await shop.send(staff, `GET /admin/audit?${query}`), 200, AuditPage)

test('the audit lists the writes of staff in every part of the shop, newest first (PLT-6, ID-14, PLT-15)', async () => {
  const { user } = await registerCustomer(shop)
  const { variant_id } = await firstOf(shop, 'teas')
  const since = new Date(Date.now() - 1).toISOString()
  const steps = [
    ['PATCH /admin/users/ID', user.id, { status: 'blocked' }],
    ['POST /admin/variants/ID/stock', variant_id, { delta: 2, reason: 'counted again' }],
    ['POST /admin/pickup-points', undefined, point],
  ] as const
  for (const [route, id = '', body] of steps) {
    const { status, text } = await shop.send(staff, route.replace('ID', id) as typeof route, { body })
    assert.ok(status < 300, text)
  }
  const { items, total } = await audit(`from=${since}`)
  assert.equal(total, 3)
  assert.deepEqual(
    items.map(({ action, actor, actor_name }) => [action, actor, actor_name]),
    [
      ['POST /admin/pickup-points', 'program', 'admin'],
      ['POST /admin/variants/{id}/stock', 'program', 'admin'],
      ['user_blocked', 'program', 'admin'],
    ],
  )
  assert.deepEqual(items.map(({ subject_id }) => subject_id).slice(1), [variant_id, user.id])
  const text = JSON.stringify(items)
  for (const secret of [staff, point.address.en, user.email ?? '']) assert.ok(!text.includes(secret), secret)
  assert.deepEqual((await audit(`subject_id=${user.id}`)).items, items.slice(2))
  assert.deepEqual((await audit(`actor_name=admin&action=user_blocked&from=${since}`)).items, items.slice(2))
  const first = await audit(`page_size=2&from=${since}`)
  const second = await audit(`page_size=2&from=${since}&cursor=${first.next_cursor}`)
  assert.deepEqual([...first.items, ...second.items], items)
  assert.equal(second.next_cursor, null)
})

test('only staff with the permission read the audit (PLT-6, SEC-3)', async () => {
  const customer = await shop.customer()
  expectProblem(await shop.send(guest, 'GET /admin/audit'), 401, 'unauthorized')
  assert.equal(
    (expectProblem(await shop.send(customer, 'GET /admin/audit'), 403, 'forbidden') as { missing_permission?: string })
      .missing_permission,
    'audit.read',
  )
  expectProblem(await shop.send(staff, 'GET /admin/audit?page=2'), 400, 'validation-failed')
  expectProblem(await shop.send(staff, 'GET /admin/audit?cursor=tea'), 400, 'bad-cursor')
})

const point = {
  name: { en: 'Market', ru: 'Рынок' },
  address: { en: '7 Secret Lane', ru: 'Тайный переулок, 7' },
  hours: [{ days: [1, 2], opens: '10:00', closes: '20:00' }],
  timezone: 'Europe/Moscow',
}
