import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { newId } from '#platform/values'
import { serviceNames } from '../../../../apps/services/services.ts'
import { staff, topology, type Shop } from '../../../e2e/open-shop.ts'
import { api, type Story } from './story.ts'

/** The beginnings of the routes: of the one process, or of each service, whose databases are one. */
const prefixes = topology === 'one' ? [`${api}/admin`] : serviceNames.map((name) => `${api}/admin/services/${name}`)

/** An operator decides about messages that failed, handles an event again, and reads the history of a saga. */
export const operators: Story = async (needs) => {
  for (const prefix of prefixes) await operate(prefix, needs)
}

async function operate(prefix: string, { step, shop }: Parameters<Story>[0]): Promise<void> {
  const as = staff
  const messages = `${prefix}/outbox/groups/{group}/messages/{id}`
  const body = { reason: 'the supplier answers again' }
  const [first, second] = [newId(), newId()]
  await setAside(shop, [first, second])
  await step('staff', `POST ${messages}/retry`, { as, path: { group: 'herald', id: first }, body })
  await step('staff', `POST ${messages}/skip`, { as, path: { group: 'herald', id: second }, body })
  await step('staff', `POST ${messages}/skip`, { as, path: { group: 'herald', id: second }, body, refused: 409 })
  await step('staff', `POST ${prefix}/outbox/groups/{group}/retry`, { as, path: { group: 'herald' }, body })
  await step('staff', `POST ${messages}/replay`, { as, path: await handledEvent(shop), body })
  await step('staff', `GET ${prefix}/sagas`, { as })
  await step('staff', `GET ${prefix}/sagas/{type}/{key}`, { as, path: await anySaga(shop) })
}

/** Sets messages of a group without handlers aside, as if they had failed for good. */
const setAside = async ({ app }: Shop, ids: readonly string[]) =>
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state, first_failed_at)
    select 'herald', id, 900000000 + n, current_date, id, 'ordering.order-paid.v1', 'dead', now()
    from unnest(${ids}::uuid[]) with ordinality as parked (id, n)
  `.execute(app.db)

/** An event that the catalog has handled. */
async function handledEvent({ app }: Shop): Promise<Readonly<{ group: string; id: string }>> {
  const { rows } = await sql<{ group: string; id: string }>`
    select consumer_group as group, event_id as id from platform.inbox join platform.event using (event_id)
    where consumer_group = 'catalog' limit 1
  `.execute(app.db)
  return rows[0] ?? assert.fail('the catalog has handled no event')
}

async function anySaga({ app }: Shop): Promise<Readonly<{ type: string; key: string }>> {
  const { rows } = await sql<{ type: string; key: string }>`select type, key from platform.saga limit 1`.execute(app.db)
  return rows[0] ?? { type: 'checkout', key: newId() }
}
