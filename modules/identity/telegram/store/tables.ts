import type { Generated, JSONColumnType } from 'kysely'
import type { TelegramPerson } from '../telegram-user.ts'

export type TelegramTables = {
  'identity.telegram_proofs': {
    hash: Buffer
    kind: 'mini_app' | 'widget' | 'oidc' | 'link'
    uses: number
    expires_at: Date
  }
  'identity.deeplink_logins': {
    token_hash: Buffer
    secret_hash: Buffer
    session_id: string | null
    number: number
    choices: number[]
    device: string
    ip: string
    status: Generated<'waiting' | 'approved' | 'refused'>
    telegram_user: JSONColumnType<TelegramPerson> | null
    expires_at: Date
  }
}
