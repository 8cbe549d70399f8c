import type { Kysely } from 'kysely'
import type { Module } from '#platform/module'
import { days, minutes, seconds, type Clock } from '#platform/values'
import { invitationPage } from './accept-invitation/page.ts'
import type { IdentityApi } from './api.ts'
import { authenticate } from './authenticate/authenticate.ts'
import type { MachineTokens } from './authenticate/machines.ts'
import { identify } from './sessions/identify.ts'
import { checks } from './checks.ts'
import { identityEvents } from './events.ts'
import { forgetSessions } from './forget-sessions/job.ts'
import { openLoginLimits, type LoginRates } from './limits/login-limits.ts'
import { openPasswords, type PasswordSettings } from './passwords/passwords.ts'
import { routesOf } from './routes.ts'
import { signIn } from './sessions/sign-in.ts'
import { openStandings } from './sessions/standings.ts'
import { showKeysRoute } from './show-keys/route.ts'
import type { IdentityTables } from './tables.ts'
import { usersAdmin, type UsersAdmin } from './users-admin.ts'
import { accessTokens, type TokenSettings } from './tokens/access-tokens.ts'

export type { IdentityApi } from './api.ts'
export { isRole, roles, type Role } from './permissions.ts'
export { remoteIdentity } from './remote.ts'
export type { UsersAdmin } from './users-admin.ts'

/** What identity needs. Times are milliseconds. */
export type IdentityNeeds = Readonly<{
  db: Kysely<IdentityTables>
  now: Clock
  tokens: Pick<TokenSettings, 'keys'> & Partial<TokenSettings>
  machineTokens?: MachineTokens
  refreshTtl?: number
  refreshGrace?: number
  /** How long what a session may do is believed without asking the database again. */
  standingFreshness?: number
  /** The `limits` of the configuration; the usual ones when absent. */
  limits?: LoginRates
  passwords?: PasswordSettings
}>

/** The module of accounts, sessions and tokens. */
export function identity(needs: IdentityNeeds): Module<IdentityApi> & Readonly<{ usersAdmin: UsersAdmin }> {
  const { db, now, machineTokens = {}, refreshTtl = days(14), refreshGrace = seconds(10) } = needs
  const { standingFreshness = seconds(5) } = needs
  const limits = openLoginLimits(needs.limits ?? { kind: 'on', rates: {} })
  const tokens = accessTokens({ issuer: 'posad', audience: 'posad', ttl: minutes(15), ...needs.tokens, now })
  const standings = openStandings(db, standingFreshness)
  const parts = {
    db,
    now,
    limits,
    standings,
    tokens,
    passwords: openPasswords(needs.passwords),
    refreshTtl,
    refreshGrace,
  }
  const whole = { ...parts, signIn: signIn(parts), identify: identify(parts) }
  return {
    name: 'identity',
    description: 'Who somebody is: accounts, sessions and tokens.',
    api: { authenticate: authenticate({ ...whole, machineTokens }) },
    unversionedPaths: ['/auth'],
    routes: routesOf(whole),
    pages: [invitationPage, showKeysRoute(tokens.jwks)],
    publishes: identityEvents,
    jobs: [forgetSessions(parts)],
    checks: checks(db),
    usersAdmin: usersAdmin(parts),
  }
}
