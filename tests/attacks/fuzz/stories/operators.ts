import { sql } from 'kysely'
import { newId } from '#platform/values'
import type { Shop } from '../../../e2e/open-shop.ts'
import { staff } from '../../../e2e/open-shop.ts'
import { api, type Story } from './story.ts'

const messages = `${api}/admin/outbox/groups/{group}/messages/{id}`

/** An operator decides about messages that failed, handles an event again, and reads the history of a saga. */
export const operators: Story = async ({ step, shop }) => {
  const as = staff
  const body = { reason: 'the supplier answers again' }
  const [first, second] = [newId(), newId()]
  await setAside(shop, [first, second])
  await step('staff', `POST ${messages}/retry`, { as, path: { group: 'herald', id: first }, body })
  await step('staff', `POST ${messages}/skip`, { as, path: { group: 'herald', id: second }, body })
  await step('staff', `POST ${messages}/skip`, { as, path: { group: 'herald', id: second }, body, refused: 409 })
  await step('staff', `POST ${messages}/replay`, { as, path: { group: 'cart', id: await handledEvent(shop) }, body })
  await step('staff', `GET ${api}/admin/sagas`, { as })
  await step('staff', `GET ${api}/admin/sagas/{type}/{key}`, { as, path: await anySaga(shop) })
}

/** Sets messages of a group without handlers aside, as if they had failed for good. */
const setAside = async ({ app }: Shop, ids: readonly string[]) =>
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state, first_failed_at)
    select 'herald', id, 900000000 + n, current_date, id, 'ordering.order-paid.v1', 'dead', now()
    from unnest(${ids}::uuid[]) with ordinality as parked (id, n)
  `.execute(app.db)

/** The id of an event that the carts have handled. */
async function handledEvent({ app }: Shop): Promise<string> {
  const { rows } = await sql<{ event_id: string }>`
    select event_id from platform.inbox join platform.event using (event_id)
    where consumer_group = 'cart' and type = 'ordering.order-created.v1' limit 1
  `.execute(app.db)
  return rows[0]?.event_id ?? newId()
}

async function anySaga({ app }: Shop): Promise<Readonly<{ type: string; key: string }>> {
  const { rows } = await sql<{ type: string; key: string }>`select type, key from platform.saga limit 1`.execute(app.db)
  return rows[0] ?? { type: 'checkout', key: newId() }
}
