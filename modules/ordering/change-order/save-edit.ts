import { expressionBuilder, sql, type Transaction } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { CheckoutState } from '../checkout.ts'
import type { StoredLine } from '../edit.ts'
import type { OrderingDb, OrderingTables, OrderRow } from '../store.ts'

/** An order with its lines and the state of its checkout. */
export type FoundOrder = OrderRow & Readonly<{ lines: readonly StoredLine[]; checkout_state: CheckoutState }>

const lineColumns = [
  'variant_id',
  'product_id',
  'sku',
  'title',
  'price',
  'weight_grams',
  'quantity',
  'discount_amount',
  'components',
] as const

/** Reads an order for an edit; a caller that has locked the order reads it as it is saved. */
export async function findOrder(db: OrderingDb, order_id: string): Promise<FoundOrder | undefined> {
  const lines = expressionBuilder<OrderingTables>()
    .selectFrom('ordering.lines')
    .select(lineColumns)
    .where('order_id', '=', order_id)
    .orderBy('position')
  const found = await db
    .selectFrom('ordering.orders')
    .selectAll()
    .select(jsonArrayFrom(lines).as('lines'))
    .select(
      sql<CheckoutState>`(select state from platform.saga where type = 'ordering.checkout' and key = ${order_id})`.as(
        'checkout_state',
      ),
    )
    .where('id', '=', order_id)
    .executeTakeFirst()
  return (
    found && {
      ...found,
      lines: found.lines.map(({ components, ...line }) => (components === null ? line : { ...line, components })),
    }
  )
}

type Edit = Readonly<{
  id: string
  user_id: string | null
  before: FoundOrder
  after: FoundOrder
  /** The new goods; undefined when the edit leaves them. */
  lines: readonly StoredLine[] | undefined
  at: Date
}>

/** Saves the columns that an edit may change, its lines and the edit itself. The caller has locked the order. */
export async function saveEdit(tx: Transaction<OrderingTables>, edit: Edit): Promise<void> {
  const { id, user_id, before, after, lines, at } = edit
  const { id: order_id, revision } = after
  await tx
    .updateTable('ordering.orders')
    .set({
      items_amount: after.items_amount,
      discount_amount: after.discount_amount,
      delivery_fee: after.delivery_fee,
      delivery_discount: after.delivery_discount,
      total_amount: after.total_amount,
      discounts: JSON.stringify(after.discounts),
      weight_grams: after.weight_grams,
      delivery_address: sql`${JSON.stringify(after.delivery_address)}::jsonb`,
      recipient_name: after.recipient_name,
      recipient_phone: after.recipient_phone,
      comment: after.comment,
      contact_email: after.contact_email,
      contact_phone: after.contact_phone,
      link_version: after.link_version,
      payment_id: after.payment_id,
      payment_status: after.payment_status,
      payment_revision: after.payment_revision,
      revision,
      updated_at: at,
    })
    .where('id', '=', order_id)
    .execute()
  if (lines) await replaceLines(tx, order_id, lines)
  await tx
    .insertInto('ordering.edits')
    .values({
      id,
      order_id,
      revision,
      user_id,
      total_before: before.total_amount,
      total_after: after.total_amount,
      edited_at: at,
    })
    .execute()
}

async function replaceLines(
  tx: Transaction<OrderingTables>,
  order_id: string,
  lines: readonly StoredLine[],
): Promise<void> {
  await tx.deleteFrom('ordering.lines').where('order_id', '=', order_id).execute()
  await tx
    .insertInto('ordering.lines')
    .values(
      lines.map(({ title, components, ...line }, i) => ({
        ...line,
        order_id,
        position: i + 1,
        title: JSON.stringify(title),
        components: components ? JSON.stringify(components) : null,
      })),
    )
    .execute()
}
