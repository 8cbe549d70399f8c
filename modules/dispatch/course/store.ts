import { sql, type ColumnType, type Generated, type Kysely, type Selectable } from 'kysely'
import type { Address } from '#ordering/events'
import type { AnyTx } from '#platform/db'
import type { Courier } from './courier.ts'
import type { Assignment, AssignmentReason } from './dispatcher.ts'
import type { Order, OrderState } from './order.ts'
import type { OrderStatus, TickingJob } from './schema.ts'
import type { StoragePlace } from './storage-place.ts'

/** Goes in as JSON text and comes out parsed. */
type Json<Value> = ColumnType<Value, string, string>

type Couriers = {
  id: string
  name: string
  speed: number
  location_x: number
  location_y: number
  created_at: Date
  version: Generated<number>
}

type Orders = {
  id: string
  address: Json<Address>
  location_x: number
  location_y: number
  volume: number
  weight_grams: number | null
  window_from: Date | null
  window_to: Date | null
  status: OrderStatus
  courier_id: string | null
  reason: ColumnType<AssignmentReason | null, string | null, string | null>
  created_at: Date
  assigned_at: Date | null
  completed_at: Date | null
  cancelled_at: Date | null
  version: Generated<number>
}

type StoragePlaces = {
  id: string
  courier_id: string
  position: number
  name: string
  total_volume: number
  order_id: string | null
}

export type CourseTables = {
  'dispatch.couriers': Couriers
  'dispatch.orders': Orders
  'dispatch.storage_places': StoragePlaces
  'dispatch.ticks': { job: TickingJob; at: Date }
}

export type CourseDb = Kysely<CourseTables>
export type OrderRow = Selectable<Orders>
export type CourierRow = Selectable<Couriers> & { storage_places: StoragePlace[] }

/** A courier with the version of its row. */
export type StoredCourier = Courier & Readonly<{ version: number }>
export type StoredOrder = Order & Readonly<{ version: number; created_at: Date }>

export const courierOf = ({ location_x: x, location_y: y, ...row }: CourierRow): StoredCourier => ({
  id: row.id,
  name: row.name,
  speed: row.speed,
  version: row.version,
  location: { x, y },
  storage_places: row.storage_places,
})

const orderOf = ({ location_x: x, location_y: y, ...row }: OrderRow): StoredOrder => ({
  id: row.id,
  volume: row.volume,
  version: row.version,
  created_at: row.created_at,
  location: { x, y },
  ...({ status: row.status, courier_id: row.courier_id } as OrderState),
})

const places = sql`(
  select coalesce(json_agg(json_build_object(
    'id', place.id, 'name', place.name, 'total_volume', place.total_volume, 'order_id', place.order_id)
    order by place.position), '[]')
  from dispatch.storage_places as place where place.courier_id = courier.id)`

/** Locks one courier with its places. */
export async function lockCourier(tx: AnyTx, id: string): Promise<StoredCourier | undefined> {
  await sql`select from dispatch.couriers where id = ${id} for update`.execute(tx)
  const { rows } = await sql<CourierRow>`
    select courier.*, ${places} as storage_places from dispatch.couriers as courier where id = ${id}`.execute(tx)
  return rows[0] && courierOf(rows[0])
}

/**
 * Lets one transaction at a time assign orders: a second instance waits and then sees the couriers that are left. Row
 * locks alone would let both choose among the same couriers.
 */
export const lockAssignment = (tx: AnyTx) =>
  sql`select pg_advisory_xact_lock(hashtext('dispatch.assign-orders'))`.execute(tx)

/** Locks the couriers that carry nothing, those with the largest place first: they fit every order that another one fits. */
export async function lockFreeCouriers(tx: AnyTx, limit: number): Promise<readonly StoredCourier[]> {
  const { rows } = await sql<CourierRow>`
    select courier.*, ${places} as storage_places from dispatch.couriers as courier
    where not exists (
      select from dispatch.storage_places as place where place.courier_id = courier.id and place.order_id is not null)
    order by (select max(place.total_volume) from dispatch.storage_places as place where place.courier_id = courier.id)
      desc nulls last, courier.id
    limit ${limit} for update of courier skip locked
  `.execute(tx)
  return rows.map(courierOf)
}

/**
 * Locks waiting orders, the oldest first: for each capacity the oldest `limit` orders that it fits. Orders that are too
 * large for most couriers then cannot fill the batch and hide the orders behind them.
 */
export async function lockWaitingOrders(
  tx: AnyTx,
  capacities: readonly number[],
  limit: number,
): Promise<readonly StoredOrder[]> {
  const { rows } = await sql<OrderRow>`
    select * from dispatch.orders where status = 'created' and id in (
      select fitting.id from unnest(${capacities}::int[]) as capacity cross join lateral (
        select id from dispatch.orders where status = 'created' and volume <= capacity
        order by created_at, id limit ${limit}) as fitting)
    order by created_at, id for update skip locked
  `.execute(tx)
  return rows.map(orderOf)
}

type Assigned = Readonly<{
  order: Assignment['order'] & { version: number }
  place_id: string
  reason: AssignmentReason
}>

/** Saves assignments of locked orders. Throws when a row has another version than the one that was read. */
export async function saveAssignments(tx: AnyTx, assigned: readonly Assigned[], now: Date): Promise<void> {
  const rows = JSON.stringify(
    assigned.map(({ order, place_id, reason }) => ({
      id: order.id,
      version: order.version,
      courier_id: order.courier_id,
      place_id,
      reason,
    })),
  )
  const { rows: saved } = await sql<{ orders: number; places: number; couriers: number }>`
    with change as (
      select * from jsonb_to_recordset(${rows}::jsonb)
        as change(id uuid, version int, courier_id uuid, place_id uuid, reason jsonb)
    ), assigned as (
      update dispatch.orders
      set status = 'assigned', courier_id = change.courier_id, reason = change.reason, assigned_at = ${now},
          version = orders.version + 1
      from change where orders.id = change.id and orders.version = change.version and orders.status = 'created' returning orders.id
    ), stored as (
      update dispatch.storage_places as place set order_id = change.id
      from change where place.id = change.place_id and place.order_id is null returning place.id
    ), loaded as (
      update dispatch.couriers as courier set version = courier.version + 1
      from change where courier.id = change.courier_id returning courier.id
    )
    select (select count(*)::int from assigned) as orders, (select count(*)::int from stored) as places,
      (select count(*)::int from loaded) as couriers
  `.execute(tx)
  const counts = saved[0]
  if (counts?.orders !== assigned.length || counts.places !== assigned.length || counts.couriers !== assigned.length)
    throw new Error(
      `${assigned.length} orders are assigned and the rows of ${JSON.stringify(counts)} are as they were read`,
    )
}

/** Finds one order. */
export const findOrder = (db: CourseDb, id: string): Promise<OrderRow | undefined> =>
  db.selectFrom('dispatch.orders').selectAll().where('id', '=', id).executeTakeFirst()

/** Locks one order. */
export async function lockOrder(tx: AnyTx, id: string): Promise<StoredOrder | undefined> {
  const { rows } = await sql<OrderRow>`select * from dispatch.orders where id = ${id} for update`.execute(tx)
  return rows[0] && orderOf(rows[0])
}

/** Saves that an order is cancelled, and empties the place that carries it. */
export async function saveCancellation(tx: AnyTx, id: string, now: Date): Promise<void> {
  await sql`
    with emptied as (update dispatch.storage_places set order_id = null where order_id = ${id})
    update dispatch.orders set status = 'cancelled', cancelled_at = ${now}, version = version + 1 where id = ${id}
  `.execute(tx)
}

type CancelledBasket = Readonly<{ id: string; reason: string; now: Date }>

/** Stores the cancellation of a basket that has no order. */
export async function insertCancelledBasket(tx: AnyTx, { id, reason, now }: CancelledBasket): Promise<void> {
  await sql`
    insert into dispatch.cancelled_baskets (id, reason, cancelled_at) values (${id}, ${reason}, ${now})
    on conflict do nothing`.execute(tx)
}

/** Whether the cancellation of a basket came before its confirmation. */
export async function isCancelledBasket(tx: AnyTx, id: string): Promise<boolean> {
  const { rows } = await sql`select from dispatch.cancelled_baskets where id = ${id}`.execute(tx)
  return rows.length > 0
}

type Moved = Readonly<{ courier: StoredCourier; completed: readonly string[] }>

/** Saves where couriers are, and the orders that they completed there. */
export async function saveMoves(tx: AnyTx, moves: readonly Moved[], now: Date): Promise<void> {
  const couriers = JSON.stringify(
    moves.map(({ courier: { id, location, version } }) => ({ id, version, x: location.x, y: location.y })),
  )
  const completed = moves.flatMap((each) => each.completed)
  const { rows } = await sql<{ couriers: number; orders: number }>`
    with moved as (
      update dispatch.couriers as courier set location_x = change.x, location_y = change.y, version = courier.version + 1
      from jsonb_to_recordset(${couriers}::jsonb) as change(id uuid, version int, x int, y int)
      where courier.id = change.id and courier.version = change.version returning courier.id
    ), emptied as (
      update dispatch.storage_places set order_id = null where order_id = any(${completed}::uuid[])
    ), delivered as (
      update dispatch.orders set status = 'completed', completed_at = ${now}, version = version + 1
      where id = any(${completed}::uuid[]) and status = 'assigned' returning id
    )
    select (select count(*)::int from moved) as couriers, (select count(*)::int from delivered) as orders
  `.execute(tx)
  if (rows[0]?.couriers !== moves.length || rows[0].orders !== completed.length)
    throw new Error('A courier moved or an order ended while its row was locked: the versions differ')
}

/** Locks the couriers that carry assigned orders, with those orders, the oldest first. */
export async function lockBusyCouriers(
  tx: AnyTx,
): Promise<readonly Readonly<{ courier: StoredCourier; orders: readonly StoredOrder[] }>[]> {
  const { rows: orders } = await sql<OrderRow>`
    select * from dispatch.orders where status = 'assigned' order by assigned_at, id for update skip locked`.execute(tx)
  const ids = [...new Set(orders.map(({ courier_id }) => courier_id))]
  const { rows } = await sql<CourierRow>`
    select courier.*, ${places} as storage_places from dispatch.couriers as courier
    where courier.id = any(${ids}::uuid[]) order by courier.id for update of courier skip locked
  `.execute(tx)
  return rows.map((row) => ({
    courier: courierOf(row),
    orders: orders.filter(({ courier_id }) => courier_id === row.id).map(orderOf),
  }))
}

/**
 * True for one instance per period: the row of the job is updated at most once in `period` milliseconds of the database's
 * clock. The update holds the row until the transaction ends, so two runs never overlap.
 */
export async function takeTick(tx: AnyTx, job: TickingJob, period: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update dispatch.ticks set at = clock_timestamp()
    where at <= clock_timestamp() - ${period} * interval '1 millisecond' and job = (
      select job from dispatch.ticks where job = ${job} for update skip locked)
  `.execute(tx)
  return numAffectedRows === 1n
}
