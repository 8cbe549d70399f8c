import { Readable } from 'node:stream'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { retryLaterAnswers } from '../../answers.ts'
import { addressViewOf } from '../../addresses/address-view.ts'
import { identityViewOf, userViewOf } from '../../user-view.ts'
import { AccountExport } from '../schema.ts'
import { partsOf } from './parts.ts'
import type { ExportAccount, ExportAccountOutcome } from './query.ts'

const { 'too-many-attempts': tooManyAttempts, busy } = retryLaterAnswers
const answers = {
  'too-many-attempts': tooManyAttempts,
  'export-busy': {
    ...answer(
      429,
      'An export of your account or of others is still running. Try again in a moment.',
      'Выгрузка ваших данных или данных других покупателей ещё идёт. Попробуйте ещё раз чуть позже.',
    ),
    members: busy.members,
  },
} satisfies Record<ReasonOf<ExportAccountOutcome>, Answer>

type Needs = Readonly<{ exportAccount: ExportAccount; now: Clock }>

export const exportAccountRoute =
  ({ exportAccount, now }: Needs): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Export everything that the shop knows about you',
      response: { 200: AccountExport, ...problemsOf(answers) },
    }
    http.get('/auth/me/export', { schema, config: { access: 'user' } }, async (request, reply) => {
      const outcome = await exportAccount(userOf(request.caller).user_id)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      const { user, identities, addresses, sessions, records } = outcome
      const head = {
        exported_at: now().toISOString(),
        user: userViewOf(user),
        identities: identities.map(identityViewOf),
        addresses: addresses.map(addressViewOf),
        sessions: sessions.map(({ created_at, used_at, ...session }) => ({
          ...session,
          created_at: created_at.toISOString(),
          used_at: used_at.toISOString(),
        })),
      }
      // Fastify sends a stream as it is, without the schema of the response.
      const text = Readable.from(partsOf(head, records))
      return reply.header('content-type', 'application/json; charset=utf-8').send(text as never) as never
    })
  }
