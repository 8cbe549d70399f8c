import type { HeldLine } from '#catalog'
import { sql, type Transaction } from 'kysely'
import { batched, coalesced, inTransaction } from '#platform/db'
import type { Refused } from '#platform/outcome'
import { accountKeyOf, piecesOf, type BuyerKey, type OpenCount } from '../open-orders.ts'
import { weightOf, type CreatedOrder, type UnnumberedOrder } from '../order.ts'
import type { OrderingTables } from '../store.ts'

type Insertion = Readonly<{
  input_hash: Buffer
  /** The lines as they are held: with the components of bundles. */
  held: readonly HeldLine[]
  /** The order counts as open by these keys. */
  buyer_keys: readonly BuyerKey[]
  cart_version: string | null
  drawNumber: () => string
}>

/**
 * `open`: the other open orders of the buyer, among others. No order of the same buyer is placed until the transaction ends.
 * `owner_id`: the account that has the order now; another one than the buyer's when that was merged a moment ago.
 */
type Inserted = Readonly<{ kind: 'inserted'; order: CreatedOrder; owner_id: string; open: readonly OpenCount[] }>

/**
 * Inserts the order under a number that no other order has, with its lines and the first entry of its timeline. Refuses
 * when the id is taken, or another order took the lines of the cart. One number in a thousand million is drawn twice in a year.
 */
export async function insertOrder(
  tx: Transaction<OrderingTables>,
  unnumbered: UnnumberedOrder,
  { drawNumber, ...rest }: Insertion,
): Promise<Inserted | Refused<'id-taken' | 'cart-empty'>> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const order = { ...unnumbered, number: drawNumber() }
    const inserted = await insertUnlessTaken(tx, { order, ...rest })
    if (inserted) return { kind: 'inserted', order, ...inserted }
    const { id } = order
    const taken = await tx
      .selectFrom('ordering.orders')
      .select('id')
      .where((is) => is.or([is('id', '=', id), is('cart_version', '=', rest.cart_version)]))
      .execute()
    if (taken.some((other) => other.id === id)) return { kind: 'refused', reason: 'id-taken' }
    if (taken.length > 0) return { kind: 'refused', reason: 'cart-empty' }
  }
  throw new Error(`Five numbers were drawn for order ${unnumbered.id}, and each was taken`)
}

/** An order with the keys of its buyer. */
type NewOrder = Omit<Insertion, 'drawNumber'> & Readonly<{ order: CreatedOrder }>

/** The columns of an order and of its other rows, as JSON. */
const recordOf = ({ order, held, input_hash, ...rest }: NewOrder) => ({
  ...order,
  lines: order.lines.map((line, i) => ({ ...line, components: held[i]?.components })),
  weight_grams: weightOf(order.lines),
  input_hash: input_hash.toString('hex'),
  ...rest,
})

/**
 * One statement for the orders of different buyers. Undefined when the id or the number is taken. It locks and counts before
 * it inserts: two requests for one order would otherwise wait for each other, one for the lock and one for the id.
 */
const insertUnlessTaken = batched<NewOrder, Pick<Inserted, 'owner_id' | 'open'> | undefined>(async (tx, orders) => {
  const keys = orders.flatMap(({ buyer_keys }) => buyer_keys.map(({ buyer_key }) => buyer_key))
  const variants = orders.flatMap(({ held }) => piecesOf(held).map(({ variant_id }) => variant_id))
  const now = orders[0]?.order.created_at
  const { rows } = await sql<{ owners: Record<string, string> | null; open: OpenCount[] | null }>`
    with counted as materialized (
      select * from ordering.lock_and_count_open_by_network(${keys}::text[], ${variants}::uuid[], ${now}::timestamptz)
    ), placed as (
      select placed.*, coalesce(ordering.owner_of(user_id), user_id) as owner_id from jsonb_to_recordset(${JSON.stringify(orders.map(recordOf))}::jsonb) as placed(
        id uuid, number text, user_id uuid, contact_email text, contact_phone text, link_version smallint,
        total_amount bigint, items_amount bigint, discount_amount bigint, delivery_fee bigint, delivery_discount bigint,
        coupon text, discounts jsonb, currency text, weight_grams bigint, payment_method text, delivery_method text,
        pickup_point_id uuid, delivery_address jsonb, recipient_name text, recipient_phone text,
        comment text, created_at timestamptz, input_hash text, cart_version uuid, lines jsonb,
        buyer_keys jsonb)
    ), inserted as (
      insert into ordering.orders (
        id, number, user_id, merged_from, contact_email, contact_phone, link_version, total_amount, items_amount, discount_amount,
        delivery_fee, delivery_discount, coupon, discounts, currency, weight_grams, payment_method, delivery_method,
        pickup_point_id, delivery_address, recipient_name, recipient_phone, comment, created_at, updated_at, input_hash, cart_version)
      select id, number, owner_id, nullif(user_id, owner_id), contact_email, contact_phone, link_version, total_amount, items_amount,
        discount_amount, delivery_fee, delivery_discount, coupon, discounts, currency, weight_grams, payment_method, delivery_method,
        pickup_point_id, delivery_address, recipient_name, recipient_phone, comment, created_at,
        created_at, decode(input_hash, 'hex'), cart_version
      from placed, (select count(*) from counted) as locked where ${inTransaction} order by id
      on conflict do nothing
      returning id
    ), lines as (
      insert into ordering.lines (order_id, position, variant_id, product_id, sku, title, price, weight_grams, quantity, discount_amount, components)
      select id, position, (line.sold ->> 'variant_id')::uuid, (line.sold ->> 'product_id')::uuid, line.sold ->> 'sku',
             line.sold -> 'title', (line.sold ->> 'price')::bigint, (line.sold ->> 'weight_grams')::int, (line.sold ->> 'quantity')::int,
             (line.sold ->> 'discount_amount')::bigint, line.sold -> 'components'
      from inserted join placed using (id), jsonb_array_elements(placed.lines) with ordinality as line (sold, position)
    ), timeline as (
      insert into ordering.timeline (order_id, number, at, event, status)
      select id, 1, created_at, 'order-created', 'created' from inserted join placed using (id)
    ), opened as (
      insert into ordering.open_orders (buyer_key, order_id, counts_until, network)
      select case open.buyer_key when ${accountKeyOf('')} || user_id then ${accountKeyOf('')} || owner_id else open.buyer_key end,
        id, open.counts_until, open.network
      from inserted join placed using (id),
           jsonb_to_recordset(placed.buyer_keys) as open (buyer_key text, counts_until timestamptz, network text)
    )
    select (select jsonb_object_agg(id, owner_id) from inserted join placed using (id)) as owners,
      (select jsonb_agg(counted) from counted) as open
  `.execute(tx)
  const [row] = rows
  return orders.map(({ order }) => {
    const owner_id = row?.owners?.[order.id.toLowerCase()]
    return owner_id === undefined ? undefined : { owner_id, open: row?.open ?? [] }
  })
})

/** A buyer, and the variants of which the pieces are counted. */
type OpenCountInput = Readonly<{ buyer_keys: readonly string[]; variants: readonly string[]; now: Date }>

/**
 * Counts the open orders of a buyer without a lock: the count may be outdated at once. Concurrent requests share one
 * statement, so the counts of other buyers are among them.
 */
export const countOpen = coalesced<OpenCountInput, readonly OpenCount[]>(async (db, inputs) => {
  const keys = inputs.flatMap(({ buyer_keys }) => buyer_keys)
  const variants = inputs.flatMap((input) => input.variants)
  const { rows } = await sql<OpenCount>`
    select * from ordering.count_open_by_network(${keys}::text[], ${variants}::uuid[], ${inputs[0]?.now}::timestamptz)
  `.execute(db)
  return inputs.map(() => rows)
})
