import { Type } from 'typebox'
import type { Localized } from '#platform/values'
import type { Weakness } from './password.ts'

/** The status and the sentence of a refusal over HTTP. The root of a module does not import `#platform/http`. */
type Answer = Localized & Readonly<{ status: number; members?: typeof retryAfter }>

const retryAfter = { retry_after: Type.Integer({ minimum: 1, description: 'Seconds' }) }

/** The answers of every route that takes a new password. */
export const weakPasswordAnswers = {
  'password-too-short': {
    status: 400,
    en: 'The password must have at least 8 characters',
    ru: 'В пароле должно быть не меньше 8 знаков',
  },
  'password-too-long': {
    status: 400,
    en: 'The password must have at most 128 characters',
    ru: 'В пароле должно быть не больше 128 знаков',
  },
  'password-too-common': {
    status: 400,
    en: 'This password is too common: choose another one',
    ru: 'Этот пароль слишком распространён: придумайте другой',
  },
} satisfies Record<Weakness, Answer>

/** The answers of every route that counts attempts or hashes a password. Both are sent with `Retry-After`. */
export const retryLaterAnswers = {
  'too-many-attempts': {
    status: 429,
    en: 'Too many attempts: try again later',
    ru: 'Слишком много попыток: попробуйте позже',
    members: retryAfter,
  },
  busy: {
    status: 503,
    en: 'Too many people are signing in now: try again in a moment',
    ru: 'Сейчас входит слишком много людей: попробуйте ещё раз',
    members: retryAfter,
  },
} satisfies Record<'too-many-attempts' | 'busy', Answer>
