import type { Generated, JSONColumnType } from 'kysely'
import type { MovedIdentity } from '../merge.ts'

export type LinkingTables = {
  'identity.email_links': {
    session_id: string
    email: string
    code_hmac: Buffer
    attempts: Generated<number>
    expires_at: Date
  }
  'identity.merges': {
    id: string
    from_id: string
    into_id: string
    identities: JSONColumnType<readonly MovedIdentity[]>
    addresses: readonly string[]
    merged_at: Date
    revertible_until: Date
    reverted_at: Generated<Date | null>
  }
}
