import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { DeliveryDb } from './store/tables.ts'

/** The invariants of the shipments. */
export const deliveryChecks = (db: DeliveryDb): readonly Check[] => [
  {
    name: 'delivery.timelines-agree',
    description: 'The last entry of a timeline is the status of its shipment, and no entry follows the end.',
    violations: async () => {
      const { rows } = await sql<{ id: string }>`
        select id from delivery.shipments
        where method is not null and (
          timeline -> -1 ->> 'status' is distinct from status
          or jsonb_path_exists(timeline, '$[0 to last - 1] ? (@.status == "delivered" || @.status == "cancelled")'))
        limit 100
      `.execute(db)
      return rows
    },
  },
]
