import { sql } from 'kysely'
import { idAfter, pageOf, type Window } from '#platform/outcome'
import { courierOf, type CourierRow, type CourseDb, type StoredCourier } from '../store.ts'

export type ListCouriers = (window: Window) => Promise<ReturnType<typeof pageOf<StoredCourier>>>

/** All couriers with their places, by id. */
export const listCouriers =
  ({ db }: Readonly<{ db: CourseDb }>): ListCouriers =>
  async (window) => {
    const [{ rows }, { count }] = await Promise.all([
      sql<CourierRow>`
        select courier.*, coalesce((
          select json_agg(json_build_object('id', place.id, 'name', place.name, 'total_volume', place.total_volume,
            'order_id', place.order_id) order by place.position)
          from dispatch.storage_places as place where place.courier_id = courier.id), '[]') as storage_places
        from dispatch.couriers as courier
        where courier.id > ${idAfter(window) ?? '00000000-0000-0000-0000-000000000000'}
        order by courier.id offset ${window.offset} limit ${window.limit + 1}
      `.execute(db),
      db
        .selectFrom('dispatch.couriers')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    ])
    return pageOf({ items: rows.map(courierOf), total: count, window, cursorOf: ({ id }) => [id] })
  }
