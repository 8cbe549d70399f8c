import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type { shipmentCreated } from '#delivery/events'
import { afterCommit, batched, type AnyTx } from '#platform/db'
import type { PayloadOf } from '#platform/events'
import { after, type Clock } from '#platform/values'
import { volumeOf } from '../volume.ts'

type CreatedShipment = PayloadOf<typeof shipmentCreated>
export type CreateParcel = (tx: AnyTx, shipment: CreatedShipment) => Promise<void>

type Needs = Readonly<{
  now: Clock
  wake: () => void
  /** Milliseconds after the order in which its parcel is promised. */
  promise: number
}>

/** Creates the parcel of a shipment that a courier brings. A repeated event finds the parcel, or that it was cancelled. */
export const createParcel =
  ({ now, wake, promise }: Needs): CreateParcel =>
  async (tx, { shipment_id, order_id, method, status, carriage }) => {
    if (method !== 'courier' || status !== 'pending' || !carriage) return
    const at = now()
    const pin = randomInt(10_000).toString().padStart(4, '0')
    const timeline = [{ status: 'waiting', at, courier_id: null }]
    const window = { window_from: at, window_to: after(at, promise) }
    const volume_litres = volumeOf(carriage.weight_grams ?? 0)
    await insertParcel(tx, {
      id: shipment_id,
      order_id,
      ...carriage,
      ...window,
      volume_litres,
      pin,
      timeline,
      created_at: at,
    })
    afterCommit(tx, wake)
  }

type NewParcel = NonNullable<CreatedShipment['carriage']> &
  Readonly<{
    id: string
    order_id: string
    volume_litres: number
    window_from: Date
    window_to: Date
    pin: string
    timeline: readonly object[]
    created_at: Date
  }>

/** One statement for the shipments of a batch. */
const insertParcel = batched<NewParcel, void>(async (tx, parcels) => {
  await sql`
    insert into dispatch.parcels (id, order_id, order_number, user_id, tracking_hash, address, recipient_name, recipient_phone, comment,
      weight_grams, volume_litres, window_from, window_to, cash_to_collect, currency, pin, status, timeline, created_at, updated_at)
    select id, order_id, order_number, user_id, tracking_hash, address, recipient_name, recipient_phone, comment,
      coalesce(weight_grams, 0), volume_litres, window_from, window_to, coalesce(cash_to_collect, 0), currency, pin, 'waiting', timeline, created_at, created_at
    from jsonb_populate_recordset(null::dispatch.parcels, ${JSON.stringify(parcels)}) as parcel
    where not exists (select from dispatch.cancelled_parcels where id = parcel.id)
    on conflict do nothing
  `.execute(tx)
})
