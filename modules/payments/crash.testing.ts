import { paymentCancellationRequested, paymentRequested } from '#ordering/events'
import { openDb, openPool } from '#platform/db'
import { anna, deliverEvents, olga, openTestApi } from '#platform/testing'
import { payments } from './index.ts'

// A process of its own that executes one action and is killed at CRASH_AT.
const [url = '', action = '', order_id = '', payment_id = ''] = process.argv.slice(2)
const pool = openPool({ url, size: 4 })
const db = openDb(pool)
const module = payments({
  db,
  now: () => new Date(),
  sandboxMode: 'page',
  paymentRequests: [paymentRequested],
  paymentCancellations: [paymentCancellationRequested],
})
const { http, send, close } = await openTestApi([module], { db })

const actions: Readonly<Record<string, () => Promise<unknown>>> = {
  deliver: () => deliverEvents(db, [module]),
  process: () => send(anna, 'POST /payments/process', { body: { order_id } }),
  approve: async () =>
    await http.inject({
      method: 'POST',
      url: `/pay/${order_id}/approve`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  refund: () =>
    send(olga, `POST /admin/payments/${payment_id}/refund`, { body: { amount: 400, reason: 'broken cup' } }),
}
await actions[action]?.()
await close()
await pool.end()
