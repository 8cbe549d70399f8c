/** A Telegram user. `language`: of the Telegram app. */
export type TelegramPerson = Readonly<{ telegram_id: string; name: string; language: string | undefined }>

/** A login for one purpose is of no use for the other. */
export type LoginPurpose = 'sign_in' | 'link'

/** A Telegram user whose data was verified. `hash` names the proof. */
export type TelegramUser = TelegramPerson &
  Readonly<{
    signed_at: Date
    proof: Readonly<{ kind: 'mini_app' | 'widget' | 'oidc'; hash: Buffer; expires_at: Date }>
  }>
