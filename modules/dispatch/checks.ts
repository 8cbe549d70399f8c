import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { Db } from '#platform/db'

/** The invariants of the couriers and their orders. */
export const dispatchChecks = (db: Db): readonly Check[] => [
  {
    name: 'dispatch.places-agree',
    description:
      'Every assigned order of the grid lies in a place of its courier that is large enough, and no other order does.',
    violations: async () => {
      const { rows } = await sql<{ id: string }>`
        select coalesce(assigned.id, place.order_id) as id
        from (select * from dispatch.orders where status = 'assigned') as assigned
          full join (select * from dispatch.storage_places where order_id is not null) as place on place.order_id = assigned.id
        where place.courier_id is distinct from assigned.courier_id or assigned.volume > place.total_volume
        limit 100
      `.execute(db)
      return rows
    },
  },
  {
    name: 'dispatch.parcels-have-couriers-who-may-deliver',
    description:
      'No parcel is offered to a courier who may not deliver, or accepted by him. He brings or returns the parcels in his hands, and the board shows them.',
    violations: async () => {
      const { rows } = await sql<{ id: string; courier_id: string; status: string }>`
        select parcel.id, parcel.courier_id, parcel.status
        from dispatch.parcels as parcel join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
        where parcel.status in ('offered', 'accepted') and not courier.may_deliver
        limit 100
      `.execute(db)
      return rows
    },
  },
]
