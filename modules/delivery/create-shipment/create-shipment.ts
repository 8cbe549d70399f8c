import { sql, type Kysely, type Transaction } from 'kysely'
import { batched, transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { First } from '../carrier.ts'
import { shipmentCreated } from '../events.ts'
import { drawCode, drawTrackToken } from '../secrets.ts'
import { begin, deliver, type Beginning, type Owed } from '../shipment.ts'
import { isShipment, keepMove, lockShipment, newsOfMove, type KeptShipment } from '../shipments.ts'
import type { DeliveryTables } from '../tables.ts'

/** `auto` delivers by itself in the moment a shipment is made, for trying out the life of an order. */
export type Sandbox = 'manual' | 'auto'

type Kept = Readonly<{ kind: 'created' | 'stands'; shipment: KeptShipment }>
export type Creating = Kept | Extract<Beginning, { kind: 'refused' }> | Readonly<{ kind: 'refused'; reason: 'not-due' }>

type Needs = { db: Kysely<DeliveryTables>; now: Clock; sandbox: Sandbox }
export type CreateShipment = (owed: Owed, storeResponse: StoreResponse<Kept>) => Promise<Creating>

/** Staff make a shipment by hand. For an order that has one, that one is answered. */
export const createShipment =
  ({ db, now, sandbox }: Needs): CreateShipment =>
  (owed, storeResponse) =>
    transaction(db, async (tx) => {
      const creating = await create(tx, owed, { now: now(), sandbox })
      if (creating.kind !== 'refused') await storeResponse(tx, creating)
      return creating
    })

/** Makes and tells the one shipment of an order. Whoever comes second finds the first, or the order's refusal. */
export async function create(
  tx: Transaction<DeliveryTables>,
  owed: Owed,
  { now, sandbox }: { now: Date; sandbox: Sandbox },
): Promise<Creating> {
  const beginning = begin(owed, drawCode)
  if (beginning.kind === 'refused') return beginning
  const shipment = await keepNew(tx, newRow(owed, beginning.first, now))
  if (!shipment) {
    const standing = await lockShipment(tx, { order_id: owed.order_id })
    if (!standing || !isShipment(standing)) return { kind: 'refused', reason: 'not-due' }
    return { kind: 'stands', shipment: standing }
  }
  const { id: shipment_id, order_id, method, status, tracking_number } = shipment
  const created = shipmentCreated({ shipment_id, order_id, method, status, tracking_number })
  const delivering = sandbox === 'auto' ? deliver(shipment, { by: 'staff' }, now) : undefined
  if (delivering?.kind !== 'moved') {
    await publish(tx, [created])
    return { kind: 'created', shipment }
  }
  const delivered = await keepMove(tx, shipment_id, { ...delivering, now })
  await publish(tx, [created, ...newsOfMove(shipment, delivering.from, delivering)])
  return { kind: 'created', shipment: delivered }
}

const newRow = (owed: Owed, first: First, now: Date) => ({
  ...owed,
  ...first,
  track_token: drawTrackToken(),
  timeline: [{ status: first.status, at: now }],
  created_at: now,
  updated_at: now,
})

/** Undefined where something stands for the order already. */
const keepNew = batched<ReturnType<typeof newRow>, KeptShipment | undefined>(async (tx, shipments) => {
  const { rows } = await sql<KeptShipment>`
    insert into delivery.shipments (
      id, order_id, order_number, user_id, method, status, pickup_code, track_token, delivery_address, recipient_name,
      recipient_phone, comment, weight_grams, cash_to_collect, currency, timeline, created_at, updated_at)
    select id, order_id, order_number, user_id, method, status, pickup_code, track_token, delivery_address, recipient_name,
      recipient_phone, comment, weight_grams, cash_to_collect, currency, timeline, created_at, updated_at
    from jsonb_populate_recordset(null::delivery.shipments, ${JSON.stringify(shipments)})
    on conflict (order_id) do nothing returning *
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return shipments.map(({ id }) => byId.get(id))
})
