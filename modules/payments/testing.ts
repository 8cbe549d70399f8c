import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { orderFulfilled, paymentRequested, paymentCancellationRequested } from '#ordering/events'
import { transaction, type Db } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import type { Module } from '#platform/module'
import { anna, bearer, deliverEvents, testDatabase, testServer } from '#platform/testing'
import { newId } from '#platform/values'
import { payments, type Provider, type SandboxMode } from './index.ts'
import type { PaymentRow, RefundRow } from './tables.ts'

export type Order = Readonly<{ id: string; amount: number; event_id: string }>
export type Told = Readonly<{ type: string; data: Readonly<Record<string, unknown>> }>
type Method = 'online' | 'cash_on_delivery'

/** Its id does not say how old it is: nobody waits for its payment to become due. */
const order = (amount = 125_000): Order => ({ id: randomUUID(), amount, event_id: newId() })
const subjectOf = ({ id }: Order) => ({ subject_type: 'order', subject_id: id })
const due = (of: Order, method: Method = 'online') => {
  const sum = { amount: of.amount, currency: 'RUB', description: '2026-7K3M9Q' }
  return paymentRequested({ ...subjectOf(of), ...sum, user_id: anna.user_id, method }, of.event_id)
}
const notDue = (of: Order, if_paid: 'keep' | 'refund' = 'refund') =>
  paymentCancellationRequested({ ...subjectOf(of), if_paid, reason: 'customer' })
const fulfilled = ({ id }: Order, payment_method: Method = 'cash_on_delivery') =>
  orderFulfilled({ order_id: id, user_id: anna.user_id, payment_method })

/** The payments of a small shop over a database of its own, and what tests do and look at there. */
export async function openTill() {
  const database = await testDatabase()
  const { db } = database
  const wired = (sandboxMode: SandboxMode, online?: Provider): Module => {
    const heard = { paymentRequests: [paymentRequested], paymentCancellations: [paymentCancellationRequested] }
    return payments({ db, now: () => new Date(), sandboxMode, ...heard, ...(online && { online }) })
  }
  const module = wired('page')
  const http = await testServer([module])
  const say = (...events: NewEvent[]) => transaction(db, (tx) => publish(tx, events))
  const deliver = (to: Module = module) => deliverEvents(db, [to])
  return {
    ...database,
    module,
    http,
    wired,
    say,
    deliver,
    order,
    due,
    notDue,
    fulfilled,
    ...eyesOn(db),
    ...handsOn(http),
    /** An order that is to be paid, known to payments. */
    async dueOrder(amount?: number, method?: Method): Promise<Order> {
      const made = order(amount)
      await say(due(made, method))
      await deliver()
      return made
    },
    /** Forgets what was heard, so that every event comes a second time. */
    forgetInbox: () => sql`delete from platform.inbox`.execute(db),
    runJob: async (name: string) => {
      const job = module.jobs?.find((each) => each.name === name)
      await job?.work({}, AbortSignal.timeout(5000))
    },
    async assertBooks() {
      for (const check of module.checks ?? []) assert.deepEqual(await check.violations(), [], check.name)
    },
    async end() {
      await http.close()
      await database.close()
    },
  }
}

export type Till = Awaited<ReturnType<typeof openTill>>

const handsOn = (http: Awaited<ReturnType<typeof testServer>>) => ({
  press: (word: 'approve' | 'decline' | 'wait', { id }: Order) =>
    http.inject({
      method: 'POST',
      url: `/pay/${id}/${word}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    }),
  process: ({ id }: Order, caller = anna) =>
    http.inject({
      method: 'POST',
      url: '/api/v1/payments/process',
      headers: { authorization: bearer(caller) },
      payload: { order_id: id },
    }),
})

const eyesOn = (db: Db) => ({
  /** Every event payments told of an order, in order. */
  async told({ id }: Order): Promise<Told[]> {
    const { rows } = await sql<Told>`
      select type, data from platform.event where source = 'payments' and partition_key = ${id} order by id
    `.execute(db)
    return rows
  },
  async attempts({ id }: Order): Promise<PaymentRow[]> {
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
  /** What the house holds for an order by its ledger. */
  async held({ id }: Order): Promise<number> {
    const { rows } = await sql<{ sum: number }>`
      select coalesce(sum(entry.amount), 0) as sum from payments.ledger as entry
      join payments.payments as payment on payment.id = entry.payment_id
      where payment.subject_id = ${id} and entry.account like 'provider:%'
    `.execute(db)
    return rows[0]?.sum ?? 0
  },
})

/** The names of events, without module and version. */
export const namesOf = (told: readonly Told[]) =>
  told.map(({ type }) => type.replace(/^payments\.payment-(.+)\.v1$/, '$1'))
