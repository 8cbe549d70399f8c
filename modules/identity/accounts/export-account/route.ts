import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { identityViewOf, userViewOf } from '../../user-view.ts'
import { AccountExport } from '../schema.ts'
import type { ExportAccount } from './query.ts'

type Needs = Readonly<{ exportAccount: ExportAccount; now: Clock }>

export const exportAccountRoute =
  ({ exportAccount, now }: Needs): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Export everything that the shop knows about you',
      response: { 200: AccountExport },
    }
    http.get('/auth/me/export', { schema, config: { access: 'user' } }, async (request, reply) => {
      const outcome = await exportAccount(userOf(request.caller).user_id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { user, identities, sessions, records } = outcome
      return {
        exported_at: now().toISOString(),
        user: userViewOf(user),
        identities: identities.map(identityViewOf),
        sessions: sessions.map(({ created_at, used_at, ...session }) => ({
          ...session,
          created_at: created_at.toISOString(),
          used_at: used_at.toISOString(),
        })),
        records,
      }
    })
  }
