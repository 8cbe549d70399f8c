import { answer } from '#platform/http'

/** The answer of every route about the rights of admins. */
export const superadminAnswer = {
  'superadmin-needed': answer(
    403,
    'Only a superadmin may change this.',
    'Это может изменить только суперадминистратор.',
  ),
} as const
