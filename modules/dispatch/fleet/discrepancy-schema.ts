import { Type } from 'typebox'
import { Amount, Closed, Id, named, Nullable, OneOf, Text, Time, type Shape } from '#platform/schema'

/** The statuses that a courier may claim for a parcel against the records of the shop. */
const reportedStatuses = ['picked_up', 'delivered', 'failed', 'returned'] as const
export type ReportedStatus = (typeof reportedStatuses)[number]

export const DiscrepancyView = named(
  'Discrepancy',
  Type.Object({
    id: Id,
    parcel_id: Id,
    order_id: Id,
    order_number: Nullable(Type.String()),
    courier_id: Id,
    courier_name: Nullable(Type.String()),
    reported: OneOf(reportedStatuses, { description: 'What the courier reported' }),
    recorded: Type.String({ description: 'The status of the parcel or the shipment at that time' }),
    cash_collected: Nullable(Amount),
    is_right_pin: Nullable(
      Type.Boolean({
        description:
          'Whether the first PIN that the courier reported is the customer’s; null: he reported none, or had tried too many wrong ones',
      }),
    ),
    happened_at: Time,
    created_at: Time,
    resolved_at: Nullable(Time),
    resolved_by: Nullable(
      Type.String({ format: 'uuid', description: 'The account of the person; null for a program' }),
    ),
    resolution: Nullable(Type.String()),
  }),
)
export type DiscrepancyView = Shape<typeof DiscrepancyView>

export const ResolveDiscrepancyBody = named(
  'ResolveDiscrepancyBody',
  Closed({ resolution: Text(1000, { minLength: 1, description: 'What was done with the goods and the money' }) }),
)
