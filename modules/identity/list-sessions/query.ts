import type { Kysely } from 'kysely'
import { idAfter, type Window } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { IdentityTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock }>

/** Where a person is signed in, newest first: up to `limit + 1` of them, and how many there are. */
export const listSessions =
  ({ db, now }: Needs) =>
  async (user_id: string, window: Window) => {
    const { limit, offset } = window
    const after = idAfter(window)
    const living = db
      .selectFrom('identity.sessions')
      .where('user_id', '=', user_id)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now())
    const { total } = await living.select((the) => the.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    let page = living.select(['id', 'device', 'ip', 'created_at', 'used_at', 'expires_at']).orderBy('id', 'desc')
    if (after !== undefined) page = page.where('id', '<', after)
    const items = await page
      .limit(limit + 1)
      .offset(offset)
      .execute()
    return { items, total }
  }
export type ListSessions = ReturnType<typeof listSessions>
