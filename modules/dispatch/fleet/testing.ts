import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { shipmentCreated, shipmentStatusChanged } from '#delivery/events'
import type { Caller } from '#platform/access'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { anna, courier, deliverEvents, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { depot, openDispatchTest } from '../testing.ts'
import type { FleetSettings } from './index.ts'
import { ParcelView, RouteView } from './schema.ts'

type At = Readonly<{
  at?: { lat: number; lng: number }
  weight_grams?: number
  cash_to_collect?: number
  /** The SHA-256 of a tracking token. */
  tracking_hash?: string
}>
type Shipment = Readonly<{ shipment_id: string; order_id: string }>
type Row = Readonly<{
  status: string
  pin: string
  pin_attempts: number
  courier_id: string | null
  assignment: { en: string; ru: string } | null
  arrived_at: Date | null
  timeline: readonly { status: string; at: string }[]
}>

/** A point so many kilometres north of the shop. */
export const north = (kilometres: number) => ({ lat: depot.lat + kilometres / 111.195, lng: depot.lng })

/** A parcel for Anna. */
export const carriage = {
  order_number: '2026-7K3M9Q',
  user_id: anna.user_id,
  address: { country: 'RU', city: 'Коломна', street: 'Посадская', house: '1' },
  recipient_name: 'Анна',
  recipient_phone: null,
  comment: null,
  weight_grams: 500,
  cash_to_collect: 0,
  currency: 'RUB',
}

/** Opens dispatch with couriers and parcels that tests create. */
export async function openFleetTest(settings: Partial<FleetSettings> = {}) {
  const shop = await openDispatchTest({ fleet: settings })

  async function addParcels<Places extends readonly At[]>(
    ...places: Places
  ): Promise<{ [Place in keyof Places]: Shipment }> {
    const shipments = places.map(() => ({ shipment_id: newId(), order_id: newId() }))
    const events = places.map(({ at, weight_grams, cash_to_collect, tracking_hash }, index) =>
      shipmentCreated({
        ...shipments[index]!,
        method: 'courier',
        status: 'pending',
        tracking_number: null,
        carriage: {
          ...carriage,
          ...(tracking_hash && { tracking_hash }),
          address: { ...carriage.address, ...at },
          ...(weight_grams !== undefined && { weight_grams }),
          ...(cash_to_collect !== undefined && { cash_to_collect }),
        },
      }),
    )
    await transaction(shop.db, (tx) => publish(tx, events))
    await deliverEvents(shop.db, [shop.module])
    return shipments as unknown as { [Place in keyof Places]: Shipment }
  }

  const press = async (as: Caller, id: string, step: string, body?: object) =>
    expectResponse(
      await shop.api.send(as, `POST /dispatch/me/parcels/${id}/${step}`, body ? { body } : {}),
      200,
      ParcelView,
    )

  async function endShipment({ shipment_id, order_id }: Shipment, to: 'delivered' | 'failed' | 'cancelled') {
    const event = shipmentStatusChanged({ shipment_id, order_id, from: 'pending', to })
    await transaction(shop.db, (tx) => publish(tx, [event]))
    await deliverEvents(shop.db, [shop.module])
  }

  return {
    ...shop,
    /** Registers a courier on duty in the shop. */
    onDuty: async (name: string, change: object = {}) => {
      const as = { ...courier, user_id: newId(), permissions: ['delivery.deliver'] }
      const body = { duty: 'on', name, position: depot, ...change }
      expectResponse(await shop.api.send(as, 'PUT /dispatch/me/duty', { body }), 200)
      return as
    },
    /** The parcels of one batch, so that one plan has all of them. */
    addParcels,
    press,
    /** A parcel that its courier has in his hands. */
    carriedBy: async (as: Caller, place: At): Promise<Shipment> => {
      const [parcel] = await addParcels(place)
      await shop.fleet.planRoutes()
      for (const step of ['accept', 'pick-up']) await press(as, parcel.shipment_id, step)
      return parcel
    },
    cancel: (shipment: Shipment) => endShipment(shipment, 'cancelled'),
    /** Ends a shipment as staff do. */
    endShipment,
    rowOf: async ({ shipment_id }: Shipment): Promise<Row> => {
      const { rows } = await sql<Row>`select * from dispatch.parcels where id = ${shipment_id}`.execute(shop.db)
      return rows[0] ?? assert.fail(`There is no parcel ${shipment_id}`)
    },
    routeOf: async (as: Caller) => expectResponse(await shop.api.send(as, 'GET /dispatch/me/route'), 200, RouteView),
    /** Removes all couriers and parcels. */
    clear: async () => {
      for (const table of [
        'planners',
        'routes',
        'discrepancies',
        'parcels',
        'courier_reports',
        'fleet_couriers',
        'courier_accounts',
      ])
        await sql`delete from ${sql.table(`dispatch.${table}`)}`.execute(shop.db)
    },
  }
}

export type FleetTest = Awaited<ReturnType<typeof openFleetTest>>
