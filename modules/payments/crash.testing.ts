import { openDb, openPool } from '#platform/db'
import { anna, bearer, deliverEvents, olga, testServer } from '#platform/testing'
import { paymentRequested, paymentCancellationRequested } from '#ordering/events'
import { payments } from './index.ts'

// A process of its own that does one thing and is killed at CRASH_AT while it does.
const [url = '', deed = '', order_id = '', payment_id = ''] = process.argv.slice(2)
const pool = openPool({ url, size: 4 })
const db = openDb(pool)
const module = payments({
  db,
  now: () => new Date(),
  sandboxMode: 'page',
  paymentRequests: [paymentRequested],
  paymentCancellations: [paymentCancellationRequested],
})
const http = await testServer([module], { db })
const post = (path: string, payload: object, authorization: string) =>
  http.inject({ method: 'POST', url: path, payload, headers: { authorization } })

const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
  subscribe: () => deliverEvents(db, [module]),
  process: () => post('/api/v1/payments/process', { order_id }, bearer(anna)),
  approve: () =>
    http.inject({
      method: 'POST',
      url: `/pay/${order_id}/approve`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  refund: () =>
    post(`/api/v1/admin/payments/${payment_id}/refund`, { amount: 400, reason: 'broken cup' }, bearer(olga)),
}
await deeds[deed]?.()
await http.close()
await pool.end()
