import { countRows } from '#platform/db'
import { idAfter, notFound, pageOf, type ItemPage, type NotFound, type Window } from '#platform/outcome'
import type { DeliveryStatus } from '../schema.ts'
import { findEndpoint, type Attempt, type Delivery, type WebhooksDb } from '../store.ts'

type Filter = Readonly<{
  endpoint_id: string
  status?: DeliveryStatus | undefined
  event_type?: string | undefined
  window: Window
}>
export type ListDeliveries = (filter: Filter) => Promise<(ItemPage<Delivery> & { kind?: never }) | NotFound>

/** The deliveries to an endpoint, newest event first; keyset by id, which begins with the time of its event. */
export const listDeliveries =
  (db: WebhooksDb): ListDeliveries =>
  async ({ endpoint_id, status, event_type, window }) => {
    if (!(await findEndpoint(db, endpoint_id))) return notFound('endpoint')
    const before = idAfter(window)
    const matching = db
      .selectFrom('webhooks.deliveries')
      .where('endpoint_id', '=', endpoint_id)
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
      .$if(event_type !== undefined, (query) => query.where('event_type', '=', event_type!))
    const [items, counted] = await Promise.all([
      matching
        .selectAll()
        .$if(before !== undefined, (query) => query.where('id', '<', before!))
        .orderBy('id', 'desc')
        .offset(window.offset)
        .limit(window.limit + 1)
        .execute(),
      countRows(db, matching),
    ])
    return pageOf({ items, counted, window, cursorOf: ({ id }) => [id] })
  }

type Key = Readonly<{ id: string; delivery_id: string }>
type FoundDelivery = Readonly<{ kind: 'found'; delivery: Delivery; body: string; attempts: readonly Attempt[] }>
export type ShowDelivery = (key: Key) => Promise<FoundDelivery | NotFound>

/** One delivery with the body of its requests and all attempts. */
export const showDelivery =
  (db: WebhooksDb): ShowDelivery =>
  async ({ id, delivery_id }) => {
    const delivery = await db
      .selectFrom('webhooks.deliveries')
      .selectAll()
      .where('id', '=', delivery_id)
      .where('endpoint_id', '=', id)
      .executeTakeFirst()
    if (!delivery) return notFound('delivery')
    const [{ body }, attempts] = await Promise.all([
      db.selectFrom('webhooks.messages').select('body').where('id', '=', delivery.message_id).executeTakeFirstOrThrow(),
      db
        .selectFrom('webhooks.attempts')
        .selectAll()
        .where('delivery_id', '=', delivery.id)
        .orderBy('number', 'desc')
        .limit(100)
        .execute(),
    ])
    return { kind: 'found', delivery, body, attempts }
  }
