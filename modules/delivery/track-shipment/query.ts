import type { Kysely } from 'kysely'
import type { Method, Status } from '../status.ts'
import type { DeliveryTables, Step } from '../tables.ts'

/** All that a stranger with the link may know: nothing about who, where to, or the code. */
export type Tracking = Readonly<{ method: Method; status: Status; timeline: readonly Step[] }>
export type TrackShipment = (token: string) => Promise<Tracking | undefined>

export const trackShipment =
  (db: Kysely<DeliveryTables>): TrackShipment =>
  (token) =>
    db
      .selectFrom('delivery.shipments')
      .select(['method', 'status', 'timeline'])
      .where('track_token', '=', token)
      .$castTo<Tracking>()
      .executeTakeFirst()
