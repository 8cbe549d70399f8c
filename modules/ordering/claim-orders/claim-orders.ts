import { sql, type Transaction } from 'kysely'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { orderOwnerChanged } from '../events.ts'
import { accountKeyOf } from '../open-orders.ts'
import { ownerOf, type OrderingTables } from '../store.ts'

/** The account whose owner has shown that the mailbox is theirs. */
type Claim = Readonly<{ user_id: string; email: string }>
export type ClaimOrders = (tx: Transaction<OrderingTables>, claim: Claim) => Promise<void>

/**
 * Gives the orders that a guest placed with a mailbox to the account that verified it. An order is claimed once: a later
 * account with the same mailbox does not get it. The private link still opens it.
 */
export const claimOrders =
  ({ now }: Readonly<{ now: Clock }>): ClaimOrders =>
  async (tx, { user_id, email }) => {
    const owner_id = await ownerOf(tx, user_id)
    const claimed = await tx
      .updateTable('ordering.orders')
      .set({ user_id: owner_id, merged_from: owner_id === user_id ? null : user_id, claimed_at: now() })
      .where(sql<string>`lower(contact_email)`, '=', email.toLowerCase())
      .where('claimed_at', 'is', null)
      .returning('id')
      .execute()
    if (claimed.length === 0) return
    const ids = claimed.map(({ id }) => id)
    // Other people may have placed them with her mailbox: they go on counting by the contacts, and not by her account.
    await tx
      .deleteFrom('ordering.open_orders')
      .where('order_id', 'in', ids)
      .where('buyer_key', 'like', accountKeyOf('%'))
      .execute()
    await publish(
      tx,
      ids.map((order_id) => orderOwnerChanged({ order_id, user_id: owner_id })),
    )
  }
