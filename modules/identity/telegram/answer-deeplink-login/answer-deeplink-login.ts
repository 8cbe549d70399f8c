import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { hashOf } from '../../auth/refresh-tokens.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findWaitingLogin, saveLoginAnswer } from '../store/deeplink-logins.ts'
import type { TelegramPerson } from '../telegram-user.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock }>

/** The browser that waits, and the numbers that the bot shows. */
type WaitingLogin = Readonly<{
  kind: 'waiting'
  device: string
  ip: string
  choices: readonly number[]
  expires_at: Date
}>
export type ShowDeeplinkLogin = (token: string) => Promise<WaitingLogin | NotFound>

/** Shows the login of a link to the bot, which asks its person. */
export const showDeeplinkLogin =
  ({ db, now }: Needs): ShowDeeplinkLogin =>
  async (token) => {
    const login = await findWaitingLogin(db, { token_hash: hashOf(token), now: now() })
    return login ? { kind: 'waiting', ...login } : notFound('login')
  }

type Answered = Readonly<{ kind: 'answered'; status: 'approved' | 'refused' }>

/** `number`: null when the person says that the login is of another. */
type AnswerInput = Readonly<{ token: string; number: number | null; person: TelegramPerson }>
export type AnswerDeeplinkLogin = (input: AnswerInput) => Promise<Answered | NotFound>

/** Takes the answer of the person, once: a wrong number refuses the login for good. */
export const answerDeeplinkLogin =
  ({ db, now }: Needs): AnswerDeeplinkLogin =>
  async ({ token, number, person }) => {
    const answer = { number: number ?? 0, person: number === null ? undefined : person }
    const status = await saveLoginAnswer(db, { token_hash: hashOf(token), now: now(), ...answer })
    return status === undefined ? notFound('login') : { kind: 'answered', status }
  }
