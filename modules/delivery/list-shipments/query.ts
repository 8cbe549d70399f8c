import { sql, type Kysely } from 'kysely'
import { pageOf, type Window } from '#platform/outcome'
import type { KeptShipment } from '../shipments.ts'
import type { Method, Status } from '../status.ts'
import type { DeliveryTables } from '../tables.ts'

type Wanted = Readonly<{ status?: Status | undefined; method?: Method | undefined; window: Window }>
export type ListShipments = (wanted: Wanted) => Promise<ReturnType<typeof pageOf<KeptShipment>>>

/** Counting stops here: beyond it the total is a lower bound. */
const countedAtMost = 10_000

/** Shipments, newest first; keyset by (created_at, id). */
export const listShipments =
  (db: Kysely<DeliveryTables>): ListShipments =>
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
        .$castTo<KeptShipment>()
        .execute(),
      db
        .selectFrom(
          matching
            .select(sql`1`.as('one'))
            .limit(countedAtMost + 1)
            .as('counted'),
        )
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    ])
    return pageOf({
      items,
      total: Math.min(count, countedAtMost),
      total_capped: count > countedAtMost,
      window,
      cursorOf: ({ created_at, id }) => [created_at.toISOString(), id],
    })
  }
