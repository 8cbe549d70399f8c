import { answer, type Answer } from '#platform/http'
import type { Weakness } from '../password.ts'

/** The answers every route shares that takes a new password. */
export const weakPasswordAnswers = {
  'password-too-short': answer(400, 'The password has at least 8 characters', 'В пароле не меньше 8 знаков'),
  'password-too-long': answer(400, 'The password has at most 128 characters', 'В пароле не больше 128 знаков'),
  'password-too-common': answer(
    400,
    'This password is among the first that anybody tries',
    'Этот пароль пробуют среди первых: придумайте другой',
  ),
} satisfies Record<Weakness, Answer>

/** The answers every route shares that counts attempts and hashes; both come with `Retry-After`. */
export const waitAnswers = {
  'too-many-attempts': answer(429, 'Too many attempts: try again later', 'Слишком много попыток: попробуйте позже'),
  busy: answer(503, 'Too many people sign in right now', 'Сейчас входит слишком много людей: попробуйте ещё раз'),
} satisfies Record<'too-many-attempts' | 'busy', Answer>
