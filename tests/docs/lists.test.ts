import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '#platform/values'
import { onShelf, openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { operations, type Operation } from './openapi.ts'

const lists = operations.filter(({ method, answer }) => method === 'get' && answer?.properties?.['next_cursor'])

let shop: Shop
let as: string
/** The path of each list with its parameters filled in, so that it has items. */
let paths: Readonly<Record<string, string>>

before(async () => {
  shop = await openShop()
  as = await shop.customer()
  const asked = await shop.ask('GET', '/auth/me', { as })
  await shop.ask('POST', '/auth/login', { body: { email: asked.body.email, password: 'oolong and peonies 7' } })
  const [tea] = await onShelf(shop, 'teas')
  assert.ok(tea)
  const orders = [await order(tea.variant_id), await order(tea.variant_id)]
  for (const order_id of orders) await shop.ask('POST', '/delivery/create', { as: staff, body: { order_id } })
  await shop.ask('POST', `/admin/variants/${tea.variant_id}/stock`, { as: staff, body: { delta: 3, reason: 'found' } })
  const [order_id = ''] = orders
  await shop.ask('POST', '/payments/process', { as, body: { order_id } })
  await failBefore(order_id)
  paths = {
    '/api/v1/catalog/{plural}': '/catalog/flowers',
    '/api/v1/admin/variants/{id}/movements': `/admin/variants/${tea.variant_id}/movements`,
    '/api/v1/admin/products/{id}/brew-profiles': `/admin/products/${tea.id}/brew-profiles`,
    '/api/v1/payments/order/{order_id}': `/payments/order/${order_id}`,
  }
})
after(() => shop.close())

async function order(variant_id: string): Promise<string> {
  const body = { delivery_method: 'pickup', items: [{ variant_id, quantity: 1 }] }
  return (await shop.ask('POST', '/orders', { as, body })).body.id
}

/** Inserts a failed payment before the current one. */
const failBefore = (order_id: string) =>
  sql`
    insert into payments.payments (id, subject_type, subject_id, user_id, amount, currency, method, provider, status,
      reason, created_at, updated_at)
    select ${newId()}, subject_type, subject_id, user_id, amount, currency, method, provider, 'failed', 'declined',
      created_at - interval '1 minute', updated_at
    from payments.payments where subject_id = ${order_id}
  `.execute(shop.app.db)

test('every list that returns a cursor accepts one (rule 5)', () => {
  assert.ok(lists.length > 15, `only ${lists.length} lists`)
  const without = lists.filter(({ parameters }) => !parameters.some(({ name }) => name === 'cursor'))
  assert.deepEqual(without.map(nameOf), [])
})

for (const list of lists) {
  test(`${nameOf(list)}: the cursor leads through all items once, and a foreign cursor is refused (rule 5)`, async () => {
    const path = paths[list.path] ?? list.path.replace('/api/v1', '')
    assert.ok(!path.includes('{'), 'name a path with items in `paths`')
    const page = async (query: string) => {
      const { status, body } = await shop.ask('GET', `${path}?${query}`, { as: path.startsWith('/admin') ? staff : as })
      return { status, code: body.code, ...body }
    }
    const all = await page('page_size=100')
    assert.ok(all.total >= 2, `${all.total} to list: ${JSON.stringify(all).slice(0, 200)}`)
    const page_size = Math.ceil(Math.min(all.total, 100) / 2)
    const first = await page(`page_size=${page_size}`)
    const second = await page(`page_size=${page_size}&cursor=${first.next_cursor}`)
    assert.deepEqual([...first.items, ...second.items].map(keyOf), all.items.map(keyOf))
    assert.equal(second.next_cursor === null, all.next_cursor === null)

    const foreign = Buffer.from('["nonsense"]').toString('base64url')
    const refused = await page(`cursor=${foreign}`)
    assert.deepEqual([refused.status, refused.code], [400, 'bad-cursor'])
  })
}

function nameOf({ method, path }: Operation): string {
  return `${method.toUpperCase()} ${path}`
}

const keyOf = (item: { id?: string; code?: string }) => item.id ?? item.code
