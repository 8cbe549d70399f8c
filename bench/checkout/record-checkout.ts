import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { statementsOf } from '#platform/testing'
import { checkOut, openCheckoutClient } from '../load/checkout-client.ts'
import type { CheckoutBuyer } from '../load/checkout-plan.ts'
import { idsMadeAfter, transactionsWith, type Recording } from '../recording.ts'
import type { EventWatch } from './watch-events.ts'

type Shop = Readonly<{ db: Db; port: number; events: EventWatch }>

/**
 * Records the statements of one checkout in the running app, until its events are handled. Reads of the log and of sessions,
 * checkpoints and jobs name neither the buyer nor the order and are left out: under load many checkouts share one of these.
 */
export async function recordCheckout({ db, port, events }: Shop, buyer: CheckoutBuyer): Promise<Recording> {
  const client = await openCheckoutClient(port, buyer)
  const since = new Date()
  let order_id = ''
  const all = await statementsOf(async () => {
    order_id = await checkOut(client)
    await events.untilHandled()
  })
  client.close()
  const ids = idsMadeAfter(since, all)
  const statements = transactionsWith([...ids, buyer.user_id, ...buyer.pairs.flat()], all)
  return { statements, fresh: [...ids, ...(await listCodes(db, order_id))] }
}

/** The unique texts that are not ids: the number of the order and the secret of its tracking page. */
async function listCodes(db: Db, order_id: string): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select number as code from ordering.orders where id = ${order_id}
    union all select tracking_token from delivery.shipments where order_id = ${order_id}`.execute(db)
  return rows.map(({ code }) => code)
}
