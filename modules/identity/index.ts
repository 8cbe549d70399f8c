import type { Module } from '#platform/module'
import { seconds } from '#platform/values'
import type { PersonalRecords } from './accounts/export-account/query.ts'
import { accounts } from './accounts/index.ts'
import { addresses } from './addresses/index.ts'
import { answerCallsRoutes } from './answer-calls/route.ts'
import type { IdentityApi, UsersApi } from './api.ts'
import type { MachineTokenSettings } from './auth/machine-tokens.ts'
import { openAuth, type AuthNeeds } from './auth/open-auth.ts'
import { sessionsTag } from './auth/status-cache.ts'
import { identityChecks } from './checks.ts'
import { identityEvents } from './events.ts'
import { linking } from './linking/index.ts'
import { sessions } from './sessions/index.ts'
import { staff } from './staff/index.ts'
import type { TelegramSettings } from './telegram/auth/telegram-data.ts'
import { telegram } from './telegram/index.ts'

export type { Account, IdentityApi, UsersApi } from './api.ts'
export { isRole, roles } from './permissions.ts'
export { remoteIdentity } from './remote.ts'

/** The needs of identity. Times are milliseconds. */
export type IdentityNeeds = AuthNeeds &
  Readonly<{
    machineTokens?: MachineTokenSettings
    refreshGrace?: number
    /** Absent: no sign-in with Telegram. */
    telegram?: TelegramSettings
    /** The records of other modules about a user, for the export of one's data. */
    personalRecords?: readonly PersonalRecords[]
  }>

/** The module of accounts, sessions and tokens. */
export function identity(needs: IdentityNeeds): Module<IdentityApi> & Readonly<{ users: UsersApi }> {
  const { tokens, machineTokens = {}, refreshGrace = seconds(10), personalRecords = [] } = needs
  const auth = openAuth(needs)
  const { accountsOf, findAccounts, ...accountParts } = accounts({ ...auth, personalRecords })
  const { authenticate, ...sessionParts } = sessions({ ...auth, machineTokens, refreshGrace })
  const { proofs, ...telegramRoutes } = telegram({ ...auth, settings: needs.telegram })
  const { users, ...staffParts } = staff(auth)
  const addressRoutes = addresses(auth)
  const linkingRoutes = linking({ ...auth, ...proofs, keys: tokens.keys })
  const api = { authenticate, accountsOf, findAccounts }
  return {
    name: 'identity',
    description: 'Accounts, sessions and tokens.',
    api,
    internal: [answerCallsRoutes({ ...api, verifyToken: auth.verifyToken })],
    unversionedPaths: ['/auth'],
    routes: [accountParts, addressRoutes, sessionParts, telegramRoutes, linkingRoutes, staffParts].flatMap(
      ({ routes }) => routes,
    ),
    pages: [sessionParts, staffParts].flatMap(({ pages }) => pages),
    plainPages: accountParts.plainPages,
    publishes: identityEvents,
    jobs: [...sessionParts.jobs, ...accountParts.jobs],
    checks: identityChecks(auth.db),
    ownCaches: [{ tag: sessionsTag, clear: auth.statusCache.clear }],
    users,
  }
}
