import type { Rates } from '#platform/limits'
import type { MailQueue } from '#platform/mail'
import { days, minutes, seconds, type Clock } from '#platform/values'
import type { IdentityDb } from '../store/tables.ts'
import { openAccessTokens, type AccessTokens, type AccessTokenSettings } from './access-tokens.ts'
import { openKnownDevices, type KnownDevices } from './known-devices.ts'
import { openLoginLimits, type LoginLimits } from './login-limits.ts'
import { openMailCodes, type MailCodes, type Shop } from './mail-codes.ts'
import { openOwnerProof, type ProveOwner } from './owner-proof.ts'
import { openPasswordHashing, type PasswordHashing, type PasswordHashingSettings } from './password-hashing.ts'
import { openProveMailbox, type ProveMailbox } from './prove-mailbox.ts'
import { openSessions, type Sessions } from './sessions.ts'
import { openStatusCache, type StatusCache } from './status-cache.ts'
import { verifyToken, type VerifyToken } from './verify-token.ts'

/** Times are milliseconds. */
export type AuthNeeds = Readonly<{
  db: IdentityDb
  now: Clock
  tokens: Pick<AccessTokenSettings, 'keys'> & Partial<AccessTokenSettings>
  refreshTtl?: number
  /** How long the cached status of an account is used without reading the database. */
  statusTtl?: number
  /** The rates `login`, `login_account`, `login_address`, `refresh` and `invalid_token` must be among them. */
  limits: Rates
  passwords?: PasswordHashingSettings
  mail: Pick<MailQueue, 'send'>
  /** The name of the shop in e-mails, and the origin of their links. */
  shop: Shop
}>

/** The parts that all areas share. They live as long as the module. */
export type Auth = Readonly<{
  db: IdentityDb
  now: Clock
  limits: LoginLimits
  passwords: PasswordHashing
  accessTokens: AccessTokens
  verifyToken: VerifyToken
  statusCache: StatusCache
  sessions: Sessions
  devices: KnownDevices
  proveOwner: ProveOwner
  proveMailbox: ProveMailbox
  mail: Pick<MailQueue, 'send'>
  mailCodes: MailCodes
  shop: Shop
}>

export function openAuth({ db, now, limits, tokens, passwords, mail, shop, ...settings }: AuthNeeds): Auth {
  const { refreshTtl = days(14), statusTtl = seconds(5) } = settings
  const defaults = { issuer: 'posad', audience: 'posad', ttl: minutes(15) }
  const accessTokens = openAccessTokens({ ...defaults, ...tokens, now })
  const statusCache = openStatusCache(db, statusTtl)
  const sessions = openSessions({ now, accessTokens, statusCache, ttl: refreshTtl })
  const proving = { db, now, limits: openLoginLimits(limits, now), passwords: openPasswordHashing(passwords) }
  return {
    ...proving,
    accessTokens,
    verifyToken: verifyToken({ accessTokens, statusCache }),
    statusCache,
    sessions,
    devices: openKnownDevices(tokens.keys),
    proveOwner: openOwnerProof(proving),
    proveMailbox: openProveMailbox({ now, sessions, statusCache }),
    mail,
    mailCodes: openMailCodes({ now, limits: proving.limits, mail, shop }),
    shop,
  }
}
