import { answer, type Answer } from '#platform/http'
import type { WrongTarget } from '#platform/outbound'

/** The answers to a URL that may not receive events. */
export const urlAnswers = {
  malformed: answer(400, 'This is not an http or https URL.', 'Это не адрес http или https.'),
  'not-https': answer(400, 'The URL must begin with https.', 'Адрес должен начинаться с https.'),
  'has-credentials': answer(
    400,
    'The URL must not contain a user name or a password. Verify the signature of the requests instead.',
    'В адресе не должно быть имени и пароля. Вместо них проверяйте подпись запросов.',
  ),
  'port-not-allowed': answer(400, 'Only ports 443 and 8443 are allowed.', 'Допустимы только порты 443 и 8443.'),
  'address-not-public': answer(
    400,
    'The URL leads to a local or private network.',
    'Адрес ведёт в локальную или закрытую сеть.',
  ),
} satisfies Record<WrongTarget, Answer>

/** The answer to work that needs an active endpoint. */
export const inactiveAnswer = {
  'endpoint-inactive': answer(
    409,
    'The endpoint is inactive. Activate it first.',
    'Получатель отключён. Сначала включите его.',
  ),
} as const
