import { sql } from 'kysely'
import type { OrderingApi } from '#ordering'
import { orderFulfilled, shipmentRequested, shipmentCancellationRequested } from '#ordering/events'
import { transaction, type Db } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { anna, deliverEvents } from '#platform/testing'
import { newId, systemClock } from '#platform/values'
import { delivery, type Sandbox } from './index.ts'
import type { Method } from './status.ts'

type OrderStanding = Awaited<ReturnType<OrderingApi['stateOf']>>
type Input = Readonly<{
  order_id?: string
  method?: Method
  event_id?: string
  user_id?: string
  weight_grams?: number
}>

const tellAll = (db: Db, events: readonly NewEvent[]) => transaction(db, (tx) => publish(tx, events))

/** Ordering, as far as delivery knows it: what it tells, and what delivery told back. */
export const ordersOn = (db: Db, sandbox: Sandbox = 'manual') => {
  const standings = new Map<string, OrderStanding>()
  const stateOf: OrderingApi['stateOf'] = async (order_id) => standings.get(order_id) ?? 'open'
  const module = delivery({ db, now: systemClock, sandbox, ordering: { stateOf } })
  return {
    module,
    /** What ordering says of an order when it is asked; `open` when nothing is said here. */
    stand: (order_id: string, standing: OrderStanding) => void standings.set(order_id, standing),
    /** Lets delivery hear what was told. */
    subscribe: () => deliverEvents(db, [module]),
    owe: async (input: Input = {}) => {
      const { order_id = newId(), method = 'courier', event_id = newId() } = input
      const { user_id = anna.user_id, weight_grams = 300 } = input
      const due = {
        order_id,
        number: '2026-7K3M9Q',
        user_id,
        method,
        delivery_address: method === 'courier' ? 'Коломна, Посадская 12' : null,
        recipient_name: 'Анна',
        recipient_phone: '+79990000000',
        comment: null,
        weight_grams,
        cash_to_collect: 0,
        currency: 'RUB',
      }
      await tellAll(db, [shipmentRequested(due, event_id)])
      return order_id
    },
    callOff: (order_id: string) => tellAll(db, [shipmentCancellationRequested({ order_id, reason: 'customer' })]),
    close: (order_id: string) =>
      tellAll(db, [orderFulfilled({ order_id, user_id: anna.user_id, payment_method: 'online' })]),
    /** What delivery told about an order: `created pending`, `pending>delivered`, `delivered` … */
    told: async (order_id: string) => {
      const { rows } = await sql<{ type: string; data: Record<string, string> }>`
        select type, data from platform.event where partition_key = ${order_id} and source = 'delivery' order by id
      `.execute(db)
      return rows.map(({ type, data }) => {
        const what = /shipment-(.+)\.v1$/.exec(type)?.[1]
        if (what === 'status-changed') return `${data['from']}>${data['to']}`
        return [what, data['status'] ?? data['reason']].filter(Boolean).join(' ')
      })
    },
    /** The shipment of an order as it is kept, tombstones too. */
    kept: async (order_id: string) => {
      const { rows } = await sql<{ id: string; status: string; method: string | null; track_token: string }>`
        select * from delivery.shipments where order_id = ${order_id}
      `.execute(db)
      return rows[0]
    },
  }
}
