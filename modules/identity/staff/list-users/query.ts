import { countRows } from '#platform/db'
import { idAfter, pageOf, type Window } from '#platform/outcome'
import type { Role } from '../../permissions.ts'
import type { UserStatus } from '../../schema.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { idsThatMatch } from '../../store/search-users.ts'
import { listUsers as listUsersByIds } from '../../store/users.ts'
import type { User } from '../../user.ts'

type Filter = Readonly<{
  search?: string | undefined
  role?: Role | undefined
  status?: UserStatus | undefined
  window: Window
}>
export type ListUsers = (filter: Filter) => Promise<ReturnType<typeof pageOf<User>>>

type Needs = Readonly<{ db: IdentityDb }>

/** Lists users, newest first; keyset by id. */
export const listUsers =
  ({ db }: Needs): ListUsers =>
  async ({ search, role, status, window }) => {
    const after = idAfter(window)
    const matching = db
      .selectFrom('identity.users as user')
      .$if(role !== undefined, (query) => query.where('user.role', '=', role!))
      .$if(status !== undefined, (query) => query.where('user.status', '=', status!))
      .$if(search !== undefined, (query) => query.where('user.id', 'in', idsThatMatch(search!)))
    const page = matching
      .select('user.id')
      .$if(after !== undefined, (query) => query.where('user.id', '<', after!))
      .orderBy('user.id', 'desc')
      .offset(window.offset)
      .limit(window.limit + 1)
    const [found, counted] = await Promise.all([page.execute(), countRows(db, matching)])
    const ids = found.map(({ id }) => id)
    const users = new Map((await listUsersByIds(db, ids)).map((user) => [user.id, user]))
    return pageOf({
      items: ids.flatMap((id) => users.get(id) ?? []),
      counted,
      window,
      cursorOf: ({ id }) => [id],
    })
  }
