import { type Answer, answer } from '#platform/http'

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
