import { notFound, type NotFound } from '#platform/outcome'
import type { IdentityDb } from '../../store/tables.ts'
import { findUser } from '../../store/users.ts'
import type { User } from '../../user.ts'

type Needs = Readonly<{ db: IdentityDb }>

export type ShowMe = (user_id: string) => Promise<Readonly<{ kind: 'found'; user: User }> | NotFound>

/** Finds the user who sends a request. */
export const showMe =
  ({ db }: Needs): ShowMe =>
  async (user_id) => {
    const user = await findUser(db, user_id)
    return user ? { kind: 'found', user } : notFound('user')
  }
