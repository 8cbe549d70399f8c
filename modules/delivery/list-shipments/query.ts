import { sql, type Kysely } from 'kysely'
import { pageOf, type Window } from '#platform/outcome'
import type { DeliveryMethod, ShipmentStatus } from '../schema.ts'
import type { DeliveryTables, Shipment } from '../store.ts'

type Filter = Readonly<{ status?: ShipmentStatus | undefined; method?: DeliveryMethod | undefined; window: Window }>
export type ListShipments = (filter: Filter) => Promise<ReturnType<typeof pageOf<Shipment>>>

/** An exact count of more rows costs a scan: beyond this number the total is a lower bound. */
const mostCounted = 10_000

type Needs = Readonly<{ db: Kysely<DeliveryTables> }>

/** Shipments, newest first; keyset by (created_at, id). */
export const listShipments =
  ({ db }: Needs): ListShipments =>
  async ({ status, method, window }) => {
    const matching = db
      .selectFrom('delivery.shipments')
      .where('method', 'is not', null)
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
      .$if(method !== undefined, (query) => query.where('method', '=', method!))
    const [items, { count }] = await Promise.all([
      matching
        .selectAll()
        .$if(window.cursor !== undefined, (query) =>
          query.where(
            sql<boolean>`(created_at, id) < (${window.cursor?.[0]}::timestamptz, ${window.cursor?.[1]}::uuid)`,
          ),
        )
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .offset(window.offset)
        .limit(window.limit + 1)
        .$castTo<Shipment>()
        .execute(),
      db
        .selectFrom(
          matching
            .select(sql`1`.as('one'))
            .limit(mostCounted + 1)
            .as('counted'),
        )
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    ])
    return pageOf({
      items,
      total: Math.min(count, mostCounted),
      total_capped: count > mostCounted,
      window,
      cursorOf: ({ created_at, id }) => [created_at.toISOString(), id],
    })
  }
