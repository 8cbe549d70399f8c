import type { Transaction } from 'kysely'
import type { CatalogApi } from '#catalog'
import type { DeliveryApi } from '#delivery/api'
import { transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type StoreResponse } from '#platform/outcome'
import { after, type Clock } from '#platform/values'
import type { PromotionsApi } from '#promotions/api'
import { holdTimeOf, type Checkout } from '../checkout.ts'
import { crashPoint } from '../crash-points.ts'
import { refusalOfEdit, type Changes, type PricedEdit, type StoredLine } from '../edit.ts'
import { orderEdited } from '../events.ts'
import { lockOrderState, type OrderingDb, type OrderingTables } from '../store.ts'
import { priceEdit, releaseAdded, type HeldEdit, type PriceRefused } from './price-edit.ts'
import { findOrder, saveEdit, type FoundOrder } from './save-edit.ts'
import type { EditMail } from './send-edit-mail.ts'

type Edited = Readonly<{ kind: 'edited' }> &
  Pick<FoundOrder, 'id' | 'revision' | 'status' | 'total_amount' | 'currency'>
type EditRefused = Exclude<ReturnType<typeof refusalOfEdit>, undefined>
export type ChangeOrderOutcome = Edited | NotFound | EditRefused | PriceRefused

/** `revision`: the one that the caller has read. `user_id`: who edits; null for a program. */
type ChangeOrderInput = Readonly<{
  order_id: string
  user_id: string | null
  changes: Changes
  revision?: number | undefined
  expected_total?: number | undefined
}>

export type ChangeOrder = (input: ChangeOrderInput, storeResponse: StoreResponse<Edited>) => Promise<ChangeOrderOutcome>

type Needs = Readonly<{
  db: OrderingDb
  catalog: Pick<CatalogApi, 'hold' | 'withdrawHold'>
  promotions: Pick<PromotionsApi, 'reprice'>
  delivery: Pick<DeliveryApi, 'feeOf'>
  checkout: Checkout
  editMail: EditMail
  now: Clock
}>

/**
 * Staff change an order that waits for its payment. What the edit adds is held first, and the price is decided again; then the
 * transaction saves all of it if the order is still the one that was read. Payments replaces the payment of another total, and
 * the catalog gives the hold of the order its new goods.
 */
export const changeOrder =
  (needs: Needs): ChangeOrder =>
  async ({ order_id, user_id, changes, revision, expected_total }, storeResponse) => {
    const order = await findOrder(needs.db, order_id)
    if (!order) return notFound('order')
    const refusal = refusalOfEdit(order, changes, revision)
    if (refusal) return refusal
    const held_until = after(needs.now(), holdTimeOf(needs.checkout))
    const decided = await priceEdit(needs, { order, changes, expected_total, held_until })
    if (isRefusal(decided)) return decided
    crashPoint('after-hold.before-order')
    const { held, priced } = decided
    const expected = afterEdit(order, changes, priced)
    if (isUnchanged(order, expected)) return resultOf(order)
    const mailbox = await needs.editMail.mailboxOf(expected)
    const outcome = await transaction(needs.db, async (tx): Promise<Edited | EditRefused> => {
      const locked = await lockOrder(tx, needs.checkout, order.id)
      const late = refusalOfEdit(locked, changes, order.revision) ?? refusalOfLink(order, locked)
      if (late) return late
      // An event may have given the order another payment since it was read.
      const edited = afterEdit(locked, changes, priced)
      const edit = { id: held.id, user_id, before: locked, after: edited, lines: priced?.lines, at: needs.now() }
      await saveEdit(tx, edit)
      await advance(tx, needs.checkout, { order: locked, edited })
      await publish(tx, [eventOf(edited, { lines: priced?.lines ?? order.lines, held, held_until })])
      await needs.editMail.send(tx, mailbox, { order: edited, lines: priced?.lines ?? order.lines })
      await storeResponse(tx, resultOf(edited))
      return resultOf(edited)
    })
    if (isRefusal(outcome)) await releaseAdded(needs, held)
    return outcome
  }

/** The buyer has ended the link that the e-mail about the edit would have. */
const refusalOfLink = (read: FoundOrder, locked: FoundOrder): EditRefused | undefined =>
  read.link_version === locked.link_version ? undefined : { kind: 'refused', reason: 'order-changed' }

/**
 * An order after an edit. A new e-mail of a guest gets a new link: the old one may have reached another person. Another total
 * has another payment.
 */
function afterEdit(order: FoundOrder, changes: Changes, priced: PricedEdit | undefined): FoundOrder {
  const { delivery_address, recipient_name, recipient_phone, comment, contact } = changes
  const contact_email = contact?.email ?? order.contact_email
  const hasNewEmail = contact_email !== order.contact_email
  const edited = {
    ...order,
    ...priced?.price,
    lines: priced?.lines ?? order.lines,
    discounts: priced?.discounts ?? order.discounts,
    weight_grams: priced?.weight_grams ?? order.weight_grams,
    delivery_address: delivery_address ?? order.delivery_address,
    recipient_name: recipient_name ?? order.recipient_name,
    recipient_phone: recipient_phone ?? order.recipient_phone,
    comment: comment ?? order.comment,
    contact_email,
    contact_phone: contact?.phone ?? order.contact_phone,
    link_version: order.link_version !== null && hasNewEmail ? order.link_version + 1 : order.link_version,
    revision: order.revision + 1,
  }
  if (edited.total_amount === order.total_amount) return edited
  return { ...edited, payment_id: null, payment_status: null, payment_revision: order.payment_revision + 1 }
}

const resultOf = ({ id, revision, status, total_amount, currency }: FoundOrder): Edited => ({
  kind: 'edited',
  id,
  revision,
  status,
  total_amount,
  currency,
})

/** True for a repeat of an edit. */
const isUnchanged = (order: FoundOrder, edited: FoundOrder): boolean =>
  JSON.stringify({ ...edited, revision: order.revision }) === JSON.stringify(order)

/** The saga is locked before its order, as in every step. */
async function lockOrder(tx: Transaction<OrderingTables>, checkout: Checkout, order_id: string): Promise<FoundOrder> {
  await checkout.lock(tx, order_id)
  await lockOrderState(tx, order_id)
  const found = await findOrder(tx, order_id)
  if (!found) throw new Error(`Order ${order_id} disappeared while staff edited it`)
  return found
}

type Repriced = Readonly<{ order: FoundOrder; edited: FoundOrder }>

/** The timeline shows the edit. With another total the checkout requests another payment. */
async function advance(tx: AnyTx, checkout: Checkout, { order, edited }: Repriced): Promise<void> {
  const facts = { event: 'order-edited' } as const
  if (edited.total_amount === order.total_amount) await checkout.applyFacts(tx, order.id, facts)
  else await checkout.advance(tx, order.id, { trigger: 'staff-repriced', facts })
}

type EditedGoods = Readonly<{ lines: readonly StoredLine[]; held: HeldEdit; held_until: Date }>

const itemOf = ({ discount_amount: _, components, ...line }: StoredLine) => ({
  ...line,
  ...(components && { components: [...components] }),
})

const eventOf = (edited: FoundOrder, { lines, held, held_until }: EditedGoods) =>
  orderEdited({
    order_id: edited.id,
    user_id: edited.user_id,
    revision: edited.revision,
    items: lines.map(itemOf),
    total_amount: edited.total_amount,
    currency: edited.currency,
    added_hold_id: held.added ? held.id : null,
    held_until: held_until.toISOString(),
  })
