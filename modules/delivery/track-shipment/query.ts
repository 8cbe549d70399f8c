import type { Kysely } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { TrackingView } from '../schema.ts'
import type { DeliveryTables } from '../store.ts'

type FoundTracking = Readonly<{ kind: 'found'; tracking: TrackingView }>
export type TrackShipment = (token: string) => Promise<FoundTracking | NotFound>

type Needs = Readonly<{ db: Kysely<DeliveryTables> }>

/** Reads what everybody with the link may see: neither the customer, nor the address, nor the code. */
export const trackShipment =
  ({ db }: Needs): TrackShipment =>
  async (token) => {
    const tracking = await db
      .selectFrom('delivery.shipments')
      .select(['method', 'status', 'timeline'])
      .where('tracking_token', '=', token)
      .$castTo<TrackingView>()
      .executeTakeFirst()
    return tracking ? { kind: 'found', tracking } : notFound('shipment')
  }
