/** A Telegram user whose data was verified. `hash` names the proof. */
export type TelegramUser = Readonly<{
  telegram_id: string
  name: string
  language: string | undefined
  signed_at: Date
  proof: Readonly<{ kind: 'mini_app' | 'widget' | 'oidc'; hash: Buffer; expires_at: Date }>
}>
