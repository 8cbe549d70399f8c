import { Type } from 'typebox'
import { answer, type Answer } from '#platform/http'
import type { Weakness } from './password.ts'

/** The answers of every route that takes a new password. */
export const weakPasswordAnswers = {
  'password-too-common': answer(
    400,
    'This password is too common: choose another one.',
    'Этот пароль слишком распространён: придумайте другой.',
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
    'This code is unknown, used or expired: request a new one.',
    'Этот код неизвестен, использован или просрочен: запросите новый.',
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
      'Too many people are signing in now: try again in a moment.',
      'Сейчас входит слишком много людей: попробуйте ещё раз чуть позже.',
    ),
    members,
  },
} satisfies Record<'too-many-attempts' | 'busy', Answer>
