import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Shipments and the parcels that the couriers of the shop bring. */
export const parcelChecks: readonly CrossCheck[] = [
  {
    name: 'parcel-agrees-with-shipment',
    description:
      'Five minutes after the last change, a parcel is delivered when its shipment is, and no courier is asked to bring a parcel whose shipment is over. Parcels that staff have settled may differ.',
    modules: ['dispatch', 'delivery'],
    violations: sql`
      select parcel.id as parcel_id, parcel.order_id, parcel.status, shipment.status as shipment_status
      from dispatch.parcels as parcel join delivery.shipments as shipment on shipment.id = parcel.id
      where greatest(parcel.updated_at, shipment.updated_at) < now() - interval '5 minutes'
        and ((parcel.status = 'delivered') <> (shipment.status = 'delivered')
          or (parcel.status in ('waiting', 'offered', 'accepted', 'picked_up')
            and shipment.status in ('failed', 'returned', 'cancelled'))
          or (parcel.status in ('failed', 'returned', 'cancelled')
            and shipment.status not in ('failed', 'returned', 'cancelled')))
        and not exists (
          select from dispatch.discrepancies where parcel_id = parcel.id and resolved_at is not null)
      limit 100
    `,
  },
  {
    name: 'courier-shipment-has-parcel',
    description: 'Five minutes after its creation, an open shipment by courier has its parcel.',
    modules: ['dispatch', 'delivery'],
    violations: sql`
      select shipment.id as shipment_id, shipment.order_id, shipment.status, shipment.created_at
      from delivery.shipments as shipment
      where shipment.method = 'courier' and shipment.status not in ('delivered', 'failed', 'returned', 'cancelled')
        and shipment.created_at < now() - interval '5 minutes'
        and not exists (select from dispatch.parcels where id = shipment.id)
      limit 100
    `,
  },
  {
    name: 'parcel-collects-the-cash-of-its-order',
    description: 'A courier collects the total of an order with cash on delivery, and nothing for any other order.',
    modules: ['dispatch', 'ordering'],
    violations: sql`
      select parcel.id as parcel_id, parcel.order_id, parcel.cash_to_collect, placed.payment_method, placed.total_amount
      from dispatch.parcels as parcel join ordering.orders as placed on placed.id = parcel.order_id
      where parcel.cash_to_collect <>
        case placed.payment_method when 'cash_on_delivery' then placed.total_amount else 0 end
      limit 100
    `,
  },
  // A merge of accounts and a claim of guest orders reach the two modules one after the other.
  {
    name: 'parcel-has-the-customer-of-its-shipment',
    description: 'Five minutes after an order changed hands, its parcel and its shipment have the same customer.',
    modules: ['dispatch', 'delivery', 'ordering', 'identity'],
    violations: sql`
      select parcel.id as parcel_id, parcel.order_id, parcel.user_id, shipment.user_id as shipment_user_id
      from dispatch.parcels as parcel join delivery.shipments as shipment on shipment.id = parcel.id
      where parcel.user_id is distinct from shipment.user_id
        and not exists (
          select from ordering.orders where id = parcel.order_id and claimed_at > now() - interval '5 minutes')
        and not exists (
          select from identity.merges as merge where shipment.user_id in (merge.from_id, merge.into_id)
            and greatest(merge.merged_at, merge.reverted_at) > now() - interval '5 minutes')
      limit 100
    `,
  },
  {
    name: 'courier-has-permission',
    description:
      'Five minutes after an account was blocked or its role changed, only one that delivers may go on duty.',
    // The audit of the service that runs identity has the changes of permissions.
    modules: ['identity', 'dispatch'],
    violations: sql`
      select courier.id as courier_id, courier.duty, account.role, account.status
      from dispatch.fleet_couriers as courier join identity.users as account on account.id = courier.id
      where courier.may_deliver
        and greatest(courier.updated_at, account.updated_at) < now() - interval '5 minutes'
        and (account.status <> 'active'
          or not account.is_superadmin and account.role not in ('admin', 'superadmin') and not exists (
            select from identity.role_permissions as granted
            where granted.role = account.role and granted.permission = 'delivery.deliver'))
        and not exists (
          select from platform.audit where action = 'permissions_changed' and id > uuidv7(interval '-5 minutes'))
      limit 100
    `,
  },
]
