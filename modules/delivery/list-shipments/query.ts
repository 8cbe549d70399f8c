import { countRows, timeCursor, byTime } from '#platform/db'
import { pageOf, type Window } from '#platform/outcome'
import type { DeliveryMethod, ShipmentStatus } from '../schema.ts'
import type { DeliveryDb, Shipment } from '../store/tables.ts'

type Filter = Readonly<{ status?: ShipmentStatus | undefined; method?: DeliveryMethod | undefined; window: Window }>
export type ListShipments = (filter: Filter) => Promise<ReturnType<typeof pageOf<Shipment>>>

type Needs = Readonly<{ db: DeliveryDb }>

/** Shipments, newest first; keyset by (created_at, id). */
export const listShipments =
  ({ db }: Needs): ListShipments =>
  async ({ status, method, window }) => {
    const matching = db
      .selectFrom('delivery.shipments')
      .where('method', 'is not', null)
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
      .$if(method !== undefined, (query) => query.where('method', '=', method!))
    const [items, counted] = await Promise.all([
      matching.selectAll().$call(byTime(window)).$castTo<Shipment>().execute(),
      countRows(db, matching),
    ])
    return pageOf({
      items,
      counted,
      window,
      cursorOf: timeCursor,
    })
  }
