import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { orderFulfilled, paymentCancellationRequested, paymentRequested, refundRequested } from '#ordering/events'
import { openDb, openPool, transaction, type Db } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import type { Module } from '#platform/module'
import {
  anna,
  assertNoViolations,
  deliverEvents,
  expectResponse,
  olga,
  openTestApi,
  responseOf,
  testDatabase,
} from '#platform/testing'
import type { TestApi, TestResponse } from '#platform/testing'
import { newId, systemClock, type Clock } from '#platform/values'
import { payLinksOf, payments, type Provider, type SandboxMode } from './index.ts'
import { PaymentView, type PaymentMethod } from './schema.ts'
import type { PaymentRow, RefundRow } from './store/tables.ts'

/** An order as payments knows it. Its payment has the id of the event that requests it. */
export type Order = Readonly<{ id: string; amount: number; event_id: string; revision?: number }>
export type PublishedEvent = Readonly<{ type: string; data: Readonly<Record<string, unknown>> }>

export const sandboxWebhookSecret = 'a secret of the sandbox bank'
const publicUrl = 'https://shop.example'
export const payLinks = payLinksOf('a secret of payment links')

/** A random id has no time, so no request waits for its `payment-requested`. */
const newOrder = (amount = 125_000): Order => ({ id: randomUUID(), amount, event_id: newId() })

const requested = ({ id, amount, event_id, revision = 1 }: Order, method: PaymentMethod = 'online'): NewEvent => {
  const facts = { subject_type: 'order', amount, currency: 'RUB', description: '2026-7K3M9Q', revision } as const
  return paymentRequested({ ...facts, subject_id: id, user_id: anna.user_id, method }, event_id)
}
const cancellationRequested = ({ id, revision = 1 }: Order, if_paid: 'keep' | 'refund' = 'refund'): NewEvent =>
  paymentCancellationRequested({ subject_type: 'order', subject_id: id, revision, if_paid, reason: 'customer' })
const fulfilled = ({ id }: Order, payment_method: PaymentMethod = 'cash_on_delivery'): NewEvent =>
  orderFulfilled({ order_id: id, user_id: anna.user_id, payment_method })

type Variant = Readonly<{ mode?: SandboxMode; provider?: Provider; now?: Clock }>

const moduleOver = (db: Db, { mode = 'page', provider, now = systemClock }: Variant = {}): Module =>
  payments({
    db,
    now,
    publicUrl,
    payLinks,
    sandboxMode: mode,
    sandboxWebhookSecret,
    paymentRequests: [paymentRequested],
    paymentCancellations: [paymentCancellationRequested],
    refundRequests: [refundRequested],
    ...(provider && { providers: [provider] }),
  })

/** Opens payments over a database of its own, with its HTTP API and its events. */
export async function openPaymentsTest() {
  const database = await testDatabase()
  const { db } = database
  const moduleWith = (variant: Variant = {}) => moduleOver(db, variant)
  const module = moduleWith()
  const api = await openTestApi([module])
  const publishEvents = (...events: NewEvent[]) => transaction(db, (tx) => publish(tx, events))
  const deliver = (to: Module = module) => deliverEvents(db, [to])
  return {
    ...database,
    module,
    moduleWith,
    api,
    publish: publishEvents,
    deliver,
    newOrder,
    requested,
    cancellationRequested,
    fulfilled,
    ...readersOf(db),
    ...buyerActions(api),
    /** An order whose payment was requested and started. */
    async startedOrder(amount?: number, method?: PaymentMethod): Promise<Order> {
      const order = newOrder(amount)
      await publishEvents(requested(order, method))
      await deliver()
      return order
    },
    /** Skips `payment-requested` of an order, as an operator skips a dead message. */
    skipEvent: ({ event_id }: Order) => sql`delete from platform.event where event_id = ${event_id}`.execute(db),
    /** Empties the inbox, so that every event is handled a second time. */
    emptyInbox: () => sql`delete from platform.inbox`.execute(db),
    /** Lets the time pass in which a process may ask for a refund. */
    endLeases: () => sql`update payments.refunds set leased_until = '-infinity' where lease is not null`.execute(db),
    assertNoViolations: () => assertNoViolations(module, { atRest: true }),
    async close() {
      await api.close()
      await database.close()
    },
  }
}

export type PaymentsTest = Awaited<ReturnType<typeof openPaymentsTest>>

/** The actions of a buyer on the payment page and in the shop. */
export const buyerActions = ({ http, send }: TestApi) => ({
  /** Presses a button of the sandbox bank on the payment page. */
  press: async (button: 'approve' | 'decline' | 'wait' | 'again', { id }: Pick<Order, 'id'>): Promise<TestResponse> => {
    const url = payLinks.pathOf(id, button)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
    return responseOf(`POST ${url}`, await http.inject({ method: 'POST', url, headers }))
  },
  /** Sends `POST /payments/process`. */
  process: ({ id }: Order, caller = anna) => send(caller, 'POST /payments/process', { body: { order_id: id } }),
  /** Sends `POST /payments/process`, asserts 200 and returns the payment. */
  processed: async ({ id }: Order): Promise<PaymentView> =>
    expectResponse(await send(anna, 'POST /payments/process', { body: { order_id: id } }), 200, PaymentView),
})

const readersOf = (db: Db) => ({
  /** The events that payments published about an order, oldest first. */
  async eventsOf({ id }: Order): Promise<PublishedEvent[]> {
    const { rows } = await sql<PublishedEvent>`
      select type, data from platform.event where source = 'payments' and partition_key = ${id} order by id
    `.execute(db)
    return rows
  },
  async paymentsOf({ id }: Order): Promise<PaymentRow[]> {
    const { rows } = await sql<PaymentRow>`
      select * from payments.payments where subject_id = ${id} order by created_at, id
    `.execute(db)
    return rows
  },
  async refundsOf({ id }: Order): Promise<RefundRow[]> {
    const { rows } = await sql<RefundRow>`
      select refund.* from payments.refunds as refund
      join payments.payments as payment on payment.id = refund.payment_id where payment.subject_id = ${id}
    `.execute(db)
    return rows
  },
  /** The amount that the providers hold for an order by the ledger. */
  async heldFor({ id }: Order): Promise<number> {
    const { rows } = await sql<{ sum: number }>`
      select coalesce(sum(entry.amount), 0) as sum from payments.ledger as entry
      join payments.payments as payment on payment.id = entry.payment_id
      where payment.subject_id = ${id} and entry.account like 'provider:%'
    `.execute(db)
    return rows[0]?.sum ?? 0
  },
})

/** `started` for `payments.payment-started.v1`. */
export const namesOf = (events: readonly PublishedEvent[]) =>
  events.map(({ type }) => type.slice('payments.payment-'.length, -'.v1'.length))

/** Executes one action in a process of its own, which CRASH_AT kills: `node testing.ts <url> <action> <order> <payment>`. */
async function runAction([url = '', action = '', order_id = '', payment_id = '']: readonly string[]): Promise<void> {
  const pool = openPool({ url, size: 4 })
  const db = openDb(pool)
  const module = moduleOver(db)
  const api = await openTestApi([module], { db })
  const { press } = buyerActions(api)
  const body = { amount: 400, reason: 'broken cup' }
  const actions: Readonly<Record<string, () => Promise<unknown>>> = {
    deliver: () => deliverEvents(db, [module]),
    process: () => api.send(anna, 'POST /payments/process', { body: { order_id } }),
    approve: () => press('approve', { id: order_id }),
    refund: () => api.send(olga, `POST /admin/payments/${payment_id}/refund`, { body }),
  }
  await actions[action]?.()
  await api.close()
  await pool.end()
}

if (import.meta.main) await runAction(process.argv.slice(2))
