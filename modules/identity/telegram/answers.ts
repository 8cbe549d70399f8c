import { timeText } from '#platform/values'
import { answer } from '#platform/http'
import { loginLifetime } from './auth/telegram-oidc.ts'

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
