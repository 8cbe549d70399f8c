/** The token of the shop's staff machine. */
export const staff = 'staff-token-for-tests-only-0123456789'

/** The token of the shop's Telegram bot. */
export const telegramToken = '7342037359:AAHI25ES9xCOMPokpYoz-p8XVrZUdygo2J4'

/** The secrets and limits of every app that a test starts. One customer may order much. */
export const secrets = {
  ADMIN_API_TOKEN: staff,
  TELEGRAM_BOT_TOKEN: telegramToken,
  JWT_SECRET: 'a-secret-for-tests-only-0123456789abcdef',
  PAY_LINK_SECRET: 'a-secret-of-pay-links-0123456789abcdef',
  FILE_LINK_SECRET: 'a-secret-of-file-links-0123456789abcdef',
  RATE_LIMITS: 'off',
  MAX_OPEN_ORDERS: '0',
  MAX_HELD_PER_VARIANT: '0',
}
