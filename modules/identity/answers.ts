import { Type } from 'typebox'
import { answer, type Answer } from '#platform/http'
import { timeText } from '#platform/values'
import { freshTime } from './auth/owner-proof.ts'
import type { Weakness } from './password.ts'

/** The answers of every route that takes a new password. */
export const weakPasswordAnswers = {
  'password-too-common': answer(
    400,
    'This password is too common. Choose another one.',
    'Этот пароль слишком распространён. Придумайте другой.',
  ),
} satisfies Record<Weakness, Answer>

/** The answer of every route that creates an account. */
export const emailTakenAnswer = {
  'email-taken': answer(
    409,
    'This e-mail cannot be registered. If the account is yours, log in.',
    'Зарегистрировать эту почту нельзя. Если учётная запись ваша, войдите.',
  ),
} as const

/** The answer of every route that takes a code from a mail. Used, expired and unknown codes get the same. */
export const invalidCodeAnswer = {
  'invalid-code': answer(
    404,
    'This code is unknown, used or expired. Request a new one.',
    'Этот код неизвестен, использован или просрочен. Запросите новый.',
  ),
} as const

const members = { retry_after: Type.Integer({ minimum: 1, description: 'Seconds' }) }

/** The answers of every route that counts attempts or hashes a password. Both are sent with `Retry-After`. */
export const retryLaterAnswers = {
  'too-many-attempts': {
    ...answer(429, 'Too many attempts: try again later.', 'Слишком много попыток: попробуйте позже.'),
    members,
  },
  busy: {
    ...answer(
      503,
      'Too many people are signing in right now. Try again in a moment.',
      'Сейчас входит слишком много людей. Попробуйте ещё раз чуть позже.',
    ),
    members,
  },
} satisfies Record<'too-many-attempts' | 'busy', Answer>

/** The answer of every route that signs in a user who may be blocked. */
export const blockedAnswer = {
  'account-blocked': answer(403, 'This account is blocked.', 'Эта учётная запись заблокирована.'),
} as const

/** The answers of every route that needs the owner of the account, and not only the session. */
export const ownerAnswers = {
  ...retryLaterAnswers,
  'wrong-password': answer(403, 'The password is wrong.', 'Неверный пароль.'),
  'sign-in-again': answer(
    403,
    `Sign in again, and repeat this within ${timeText(freshTime, 'en')}.`,
    `Войдите ещё раз и повторите это в течение ${timeText(freshTime, 'ru')}.`,
  ),
} satisfies Record<'wrong-password' | 'sign-in-again' | 'too-many-attempts' | 'busy', Answer>
