import { idAfter, type Window } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { IdentityDb } from '../../store/tables.ts'
import type { SessionFacts } from '../session-view.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock }>

type FoundSessions = Readonly<{ items: readonly SessionFacts[]; total: number }>
export type ListSessions = (user_id: string, window: Window) => Promise<FoundSessions>

/** Lists the sessions of a user that are not over, newest first: up to `limit + 1` of them, and how many there are. */
export const listSessions =
  ({ db, now }: Needs): ListSessions =>
  async (user_id, window) => {
    const { limit, offset } = window
    const after = idAfter(window)
    const sessions = db
      .selectFrom('identity.sessions')
      .where('user_id', '=', user_id)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now())
    const { total } = await sessions.select((the) => the.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    let page = sessions.select(['id', 'device', 'ip', 'created_at', 'used_at', 'expires_at']).orderBy('id', 'desc')
    if (after !== undefined) page = page.where('id', '<', after)
    const items = await page
      .limit(limit + 1)
      .offset(offset)
      .execute()
    return { items, total }
  }
