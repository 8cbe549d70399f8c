import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { User } from '../../user.ts'
import { InternalUserView } from '../schema.ts'
import type { ShowInternalUser } from './query.ts'

const telegramParams = Type.Object({ telegram_id: Type.String({ pattern: '^[1-9][0-9]{0,15}$', maxLength: 16 }) })
const response = { 200: InternalUserView }

export const showInternalUserRoutes =
  ({ showInternalUser }: Readonly<{ showInternalUser: ShowInternalUser }>): Routes =>
  (http) => {
    const config = { access: 'machine' } as const
    const byId = { tags: ['identity'], summary: 'Show a user to another program', params: IdParams, response }
    http.get('/internal/users/:id', { schema: byId, config }, async (request, reply) => {
      const outcome = await showInternalUser({ id: request.params.id })
      return isRefusal(outcome) ? refuse(reply, outcome) : internalUserOf(outcome)
    })
    const byTelegram = { ...byId, summary: 'Find the user of a Telegram id', params: telegramParams }
    http.get('/internal/users/by-telegram/:telegram_id', { schema: byTelegram, config }, async (request, reply) => {
      const outcome = await showInternalUser({ telegram_id: request.params.telegram_id })
      return isRefusal(outcome) ? refuse(reply, outcome) : internalUserOf(outcome)
    })
  }

const internalUserOf = ({ user, telegram_id }: Readonly<{ user: User; telegram_id: string | null }>) => {
  const { id, email, email_verified_at, name, role, status, locale, timezone, created_at } = user
  return {
    id,
    email,
    email_verified: email_verified_at !== null,
    telegram_id,
    name,
    role,
    status,
    locale,
    timezone,
    created_at: created_at.toISOString(),
  }
}
