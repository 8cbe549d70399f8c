import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type StoreResponse } from '#platform/outcome'
import type { LinkedOrder } from '../order-links.ts'
import type { OrderingDb } from '../store.ts'

type Renewed = Readonly<{ kind: 'renewed' }> & LinkedOrder
export type RenewLinkOutcome = Renewed | NotFound

/** `link_version` belongs to the link that the buyer holds; staff name none. */
type RenewLinkInput = Readonly<{ order_id: string; link_version?: number | undefined }>
export type RenewLink = (input: RenewLinkInput, storeResponse: StoreResponse<Renewed>) => Promise<RenewLinkOutcome>

/** Ends the private link of a guest's order: from now on only the next version opens it. */
export const renewLink =
  ({ db }: Readonly<{ db: OrderingDb }>): RenewLink =>
  ({ order_id, link_version }, storeResponse) =>
    transaction(db, async (tx): Promise<RenewLinkOutcome> => {
      const order = await tx
        .updateTable('ordering.orders')
        .set({ link_version: sql`link_version + 1` })
        .where('id', '=', order_id)
        .where('link_version', 'is not', null)
        .$if(link_version !== undefined, (query) => query.where('link_version', '=', link_version!))
        .returning('link_version')
        .executeTakeFirst()
      if (order?.link_version == null) return notFound('order')
      const renewed = { kind: 'renewed', order_id, link_version: order.link_version } as const
      await storeResponse(tx, renewed)
      return renewed
    })
