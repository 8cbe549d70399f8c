import { Type } from 'typebox'
import { answer, type Answer } from '#platform/http'
import { timeText } from '#platform/values'
import { freshTime } from './auth/owner-proof.ts'
import { loginLifetime } from './auth/telegram-oidc.ts'
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

/** The answer of every route about the rights of admins. */
export const superadminAnswer = {
  'superadmin-needed': answer(
    403,
    'Only a superadmin may change this.',
    'Это может изменить только суперадминистратор.',
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

/** The answers of every route that takes data which Telegram signed. */
export const telegramAnswers = {
  'invalid-telegram-data': answer(401, 'Telegram did not sign this data.', 'Эти данные подписал не Telegram.'),
  'telegram-data-expired': answer(
    401,
    'This data is too old. Open the shop in Telegram again.',
    'Эти данные устарели. Откройте магазин в Telegram ещё раз.',
  ),
  'telegram-data-used': answer(
    401,
    'This data has already been used. Sign in with Telegram again.',
    'Эти данные уже использованы. Войдите через Telegram ещё раз.',
  ),
  'login-not-started': answer(
    401,
    `This browser did not start this login, or started it more than ${timeText(loginLifetime, 'en')} ago. Start again.`,
    `Этот вход начат не в этом браузере или больше ${timeText(loginLifetime, 'ru')} назад. Начните снова.`,
  ),
  'telegram-off': answer(
    409,
    'This shop does not offer sign-in with Telegram.',
    'В этом магазине нет входа через Telegram.',
  ),
} as const

/** The answers of every route that waits for the person in the bot. */
export const deeplinkAnswers = {
  'login-not-started': telegramAnswers['login-not-started'],
  'login-refused': answer(
    403,
    'Another number was chosen in the bot, or the login was refused there. Start again.',
    'В боте выбрали другое число или отклонили вход. Начните снова.',
  ),
} as const

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

/** The answers of every route that joins two accounts. */
export const mergeAnswers = {
  'account-blocked': answer(
    403,
    'One of the two accounts is blocked. Write to the shop.',
    'Одна из двух учётных записей заблокирована. Напишите в магазин.',
  ),
  'staff-account': answer(409, 'Accounts of staff cannot be merged.', 'Учётные записи сотрудников нельзя объединять.'),
} satisfies Record<'account-blocked' | 'staff-account', Answer>

/** The answer of every route that needs an account whose mailbox was proven. */
export const emailNotVerifiedAnswer = {
  'email-not-verified': answer(
    409,
    'Confirm your e-mail first: open the link in the mail that the shop sent you.',
    'Сначала подтвердите почту: откройте ссылку в письме от магазина.',
  ),
} as const

/** The answers of every route that adds a way to sign in. */
export const linkAnswers = {
  ...mergeAnswers,
  ...emailNotVerifiedAnswer,
  'identity-busy': answer(
    409,
    'Another account took this way to sign in a moment ago. Try again.',
    'Этот способ входа только что добавили к другой учётной записи. Попробуйте ещё раз.',
  ),
} as const
