import { notFound, type NotFound } from '#platform/outcome'
import type { IdentityDb } from '../store/tables.ts'
import { findUser } from '../store/users.ts'
import type { User } from '../user.ts'

/** Finds the user who sends a request. */
export const showMe =
  ({ db }: Readonly<{ db: IdentityDb }>) =>
  async (user_id: string): Promise<Readonly<{ kind: 'found'; user: User }> | NotFound> => {
    const user = await findUser(db, user_id)
    return user ? { kind: 'found', user } : notFound('user')
  }
export type ShowMe = ReturnType<typeof showMe>
