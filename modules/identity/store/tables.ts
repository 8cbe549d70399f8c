import type { Generated, Kysely, Transaction } from 'kysely'
import type { Locale } from '#platform/values'
import type { LinkingTables } from '../linking/store/tables.ts'
import type { Role } from '../permissions.ts'
import type { MailCodePurpose, Provider, SessionEndReason, UserStatus } from '../schema.ts'
import type { TelegramTables } from '../telegram/store/tables.ts'
import type { IdentityKey } from '../user.ts'

export type IdentityDb = Kysely<IdentityTables>
export type IdentityTx = Transaction<IdentityTables>

type IdentityTables = LinkingTables &
  TelegramTables & {
    'identity.users': {
      id: string
      name: string
      locale: Locale
      timezone: string
      role: Role
      status: Generated<UserStatus>
      is_superadmin: Generated<boolean>
      merged_into: Generated<string | null>
      created_at: Date
      updated_at: Date
    }
    'identity.identities': {
      user_id: string
      provider: Provider
      subject: string
      verified_at: Generated<Date | null>
      created_at: Date
    }
    'identity.credentials': { user_id: string; password_hash: string; changed_at: Date }
    'identity.sessions': {
      id: string
      user_id: string
      device: string
      ip: string
      created_at: Date
      used_at: Date
      expires_at: Date
      ended_at: Generated<Date | null>
      end_reason: Generated<SessionEndReason | null>
    }
    'identity.refresh_tokens': {
      session_id: string
      generation: number
      hash: Buffer
      used_at: Generated<Date | null>
      successor_salt: Generated<Buffer | null>
    }
    'identity.mail_codes': {
      hash: Buffer
      purpose: MailCodePurpose
      user_id: string
      email: string
      created_at: Date
      expires_at: Date
    }
    'identity.merge_tokens': IdentityKey & {
      hash: Buffer
      session_id: string
      other_user_id: string
      was_verified: boolean
      expires_at: Date
    }
    'identity.addresses': {
      id: string
      user_id: string
      country: string
      postcode: string | null
      city: string
      street: string
      house: string
      apartment: string | null
      lat: number | null
      lng: number | null
      is_default: boolean
      created_at: Date
    }
    'identity.role_permissions': { role: Role; permission: string }
    'identity.invitations': {
      id: string
      hash: Buffer
      role: Role
      first_admin: boolean
      created_at: Date
      expires_at: Date
      accepted_at: Generated<Date | null>
      accepted_by: Generated<string | null>
    }
  }
