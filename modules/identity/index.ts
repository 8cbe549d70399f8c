import type { Rates } from '#platform/limits'
import type { MailQueue } from '#platform/mail'
import type { Module } from '#platform/module'
import { days, minutes, seconds, type Clock } from '#platform/values'
import { acceptInvitation } from './accept-invitation/accept-invitation.ts'
import { acceptInvitationPage } from './accept-invitation/page.ts'
import { acceptInvitationRoute } from './accept-invitation/route.ts'
import { answerCallsRoutes } from './answer-calls/route.ts'
import { answerDeeplinkLogin, showDeeplinkLogin } from './answer-deeplink-login/answer-deeplink-login.ts'
import { answerDeeplinkLoginRoutes } from './answer-deeplink-login/route.ts'
import type { IdentityApi, UsersApi } from './api.ts'
import { openAccessTokens, type AccessTokenSettings } from './auth/access-tokens.ts'
import { openDeeplinkLogins } from './auth/deeplink-logins.ts'
import { openKnownDevices } from './auth/known-devices.ts'
import { openLinkCodes } from './auth/link-codes.ts'
import { openLinkIdentity } from './auth/link-identity.ts'
import { openLoginLimits } from './auth/login-limits.ts'
import type { MachineTokenSettings } from './auth/machine-tokens.ts'
import { openMailCodes, type Shop } from './auth/mail-codes.ts'
import { openProveMailbox } from './auth/prove-mailbox.ts'
import { openOwnerProof } from './auth/owner-proof.ts'
import { openPasswordHashing, type PasswordHashingSettings } from './auth/password-hashing.ts'
import { openSessions } from './auth/sessions.ts'
import { openStatusCache } from './auth/status-cache.ts'
import { openTelegramSessions } from './auth/telegram-sessions.ts'
import { openTelegramData, type TelegramSettings } from './auth/telegram-data.ts'
import { verifyToken } from './auth/verify-token.ts'
import { authenticateCaller } from './authenticate-caller/authenticate-caller.ts'
import { beginDeeplinkLogin } from './begin-deeplink-login/begin-deeplink-login.ts'
import { beginDeeplinkLoginRoute } from './begin-deeplink-login/route.ts'
import { beginTelegramLogin } from './begin-telegram-login/begin-telegram-login.ts'
import { beginTelegramLoginRoute } from './begin-telegram-login/route.ts'
import { changePassword } from './change-password/change-password.ts'
import { changePasswordRoute } from './change-password/route.ts'
import { changeRolePermissions } from './change-role-permissions/change-role-permissions.ts'
import { changeRolePermissionsRoute } from './change-role-permissions/route.ts'
import { changeUser } from './change-user/change-user.ts'
import { changeUserRoute } from './change-user/route.ts'
import { deleteAccount } from './delete-account/delete-account.ts'
import { deleteAccountRoute } from './delete-account/route.ts'
import { exportAccount, type PersonalRecords } from './export-account/query.ts'
import { exportAccountRoute } from './export-account/route.ts'
import { beginDeeplinkLink, linkDeeplink } from './link-deeplink/link-deeplink.ts'
import { linkDeeplinkRoutes } from './link-deeplink/route.ts'
import { linkEmail } from './link-email/link-email.ts'
import { linkEmailRoute } from './link-email/route.ts'
import { linkTelegram } from './link-telegram/link-telegram.ts'
import { linkTelegramRoutes } from './link-telegram/route.ts'
import { listMerges } from './list-merges/query.ts'
import { listMergesRoute } from './list-merges/route.ts'
import { listRoles } from './list-roles/query.ts'
import { listRolesRoute } from './list-roles/route.ts'
import { listUsers } from './list-users/query.ts'
import { listUsersRoute } from './list-users/route.ts'
import { showInternalUser } from './show-internal-user/query.ts'
import { showInternalUserRoutes } from './show-internal-user/route.ts'
import { showUser } from './show-user/query.ts'
import { showUserRoute } from './show-user/route.ts'
import { changeProfile } from './change-profile/change-profile.ts'
import { changeProfileRoute } from './change-profile/route.ts'
import { identityChecks } from './checks.ts'
import { createUser } from './create-user/create-user.ts'
import {
  deleteExpiredProofs,
  deleteExpiredSessions,
  deleteFinalMerges,
} from './delete-expired-sessions/delete-expired-sessions.ts'
import { deleteExpiredSessionsJob } from './delete-expired-sessions/job.ts'
import { endSession } from './end-session/end-session.ts'
import { endSessionRoute } from './end-session/route.ts'
import { identityEvents } from './events.ts'
import { finishDeeplinkLogin } from './finish-deeplink-login/finish-deeplink-login.ts'
import { finishDeeplinkLoginRoute } from './finish-deeplink-login/route.ts'
import { grantRole } from './grant-role/grant-role.ts'
import { inviteFirstAdmin, inviteStaff } from './invite-staff/invite-staff.ts'
import { listAccounts } from './list-accounts/query.ts'
import { listSessions } from './list-sessions/query.ts'
import { listSessionsRoute } from './list-sessions/route.ts'
import { logIn } from './log-in/log-in.ts'
import { logInRoute } from './log-in/route.ts'
import { logOut } from './log-out/log-out.ts'
import { logOutRoute } from './log-out/route.ts'
import { mergeAccounts } from './merge-accounts/merge-accounts.ts'
import { mergeAccountsRoute } from './merge-accounts/route.ts'
import { refreshSession } from './refresh-session/refresh-session.ts'
import { refreshSessionRoute } from './refresh-session/route.ts'
import { registerUser } from './register-user/register-user.ts'
import { registerUserRoute } from './register-user/route.ts'
import { requestEmailLink } from './request-email-link/request-email-link.ts'
import { requestEmailLinkRoute } from './request-email-link/route.ts'
import { sendPasswordResetJob } from './request-password-reset/job.ts'
import { requestPasswordReset } from './request-password-reset/request-password-reset.ts'
import { requestPasswordResetRoute } from './request-password-reset/route.ts'
import { resetPasswordPage } from './reset-password/page.ts'
import { resetPassword } from './reset-password/reset-password.ts'
import { resetPasswordRoute } from './reset-password/route.ts'
import { revertMerge } from './revert-merge/revert-merge.ts'
import { revertMergeRoutes } from './revert-merge/route.ts'
import { sendVerificationRoute } from './send-verification/route.ts'
import { sendVerification } from './send-verification/send-verification.ts'
import { showKeysRoute } from './show-keys/route.ts'
import { showMe } from './show-me/query.ts'
import { showMeRoute } from './show-me/route.ts'
import { signInWithTelegramRoutes } from './sign-in-with-telegram/route.ts'
import { signInWithTelegram } from './sign-in-with-telegram/sign-in-with-telegram.ts'
import type { IdentityDb } from './store/tables.ts'
import { hasStaff } from './store/users.ts'
import { validateToken } from './validate-token/query.ts'
import { validateTokenRoute } from './validate-token/route.ts'
import { verifyEmailPage } from './verify-email/page.ts'
import { verifyEmailRoute } from './verify-email/route.ts'
import { verifyEmail } from './verify-email/verify-email.ts'

export type { Account, IdentityApi, UsersApi } from './api.ts'
export { isRole, roles } from './permissions.ts'
export { remoteIdentity } from './remote.ts'

/** The needs of identity. Times are milliseconds. */
export type IdentityNeeds = Readonly<{
  db: IdentityDb
  now: Clock
  tokens: Pick<AccessTokenSettings, 'keys'> & Partial<AccessTokenSettings>
  machineTokens?: MachineTokenSettings
  refreshTtl?: number
  refreshGrace?: number
  /** How long the cached status of an account is used without reading the database. */
  statusTtl?: number
  /** The rates `login`, `login_account`, `login_address`, `refresh` and `invalid_token` must be among them. */
  limits: Rates
  passwords?: PasswordHashingSettings
  mail: Pick<MailQueue, 'send'>
  /** The name of the shop in e-mails, and the origin of their links. */
  shop: Shop
  /** Absent: no sign-in with Telegram. */
  telegram?: TelegramSettings
  /** The records of other modules about a user, for the export of one's data. */
  personalRecords?: readonly PersonalRecords[]
}>

/** The module of accounts, sessions and tokens. */
export function identity(needs: IdentityNeeds): Module<IdentityApi> & Readonly<{ users: UsersApi }> {
  const { db, machineTokens = {} } = needs
  const parts = partsOf(needs)
  const api = { authenticate: authenticateCaller({ ...parts, machineTokens }), accountsOf: listAccounts({ db }) }
  return {
    name: 'identity',
    description: 'Accounts, sessions and tokens.',
    api,
    internal: [answerCallsRoutes({ ...api, verifyToken: parts.verifyToken })],
    unversionedPaths: ['/auth'],
    routes: routesOf(parts),
    pages: [acceptInvitationPage, resetPasswordPage, verifyEmailPage, showKeysRoute(parts.accessTokens)],
    publishes: identityEvents,
    jobs: [
      deleteExpiredSessionsJob({
        deleteExpiredSessions: deleteExpiredSessions(parts),
        deleteExpiredProofs: deleteExpiredProofs(parts),
        deleteFinalMerges: deleteFinalMerges(parts),
      }),
      sendPasswordResetJob(parts),
    ],
    checks: identityChecks(db),
    users: {
      create: createUser(parts),
      grantRole: grantRole(parts),
      invite: inviteStaff(parts),
      inviteFirstAdmin: inviteFirstAdmin(parts),
      hasStaff: () => hasStaff(db),
    },
  }
}

const noTelegram: TelegramSettings = { public_key: '0'.repeat(64), maxAge: 0 }

function partsOf({
  db,
  now,
  limits,
  tokens,
  passwords,
  mail,
  shop,
  personalRecords = [],
  telegram = noTelegram,
  ...settings
}: IdentityNeeds) {
  const { refreshTtl = days(14), refreshGrace = seconds(10), statusTtl = seconds(5) } = settings
  const defaults = { issuer: 'posad', audience: 'posad', ttl: minutes(15) }
  const accessTokens = openAccessTokens({ ...defaults, ...tokens, now })
  const statusCache = openStatusCache(db, statusTtl)
  const sessions = openSessions({ now, accessTokens, statusCache, ttl: refreshTtl })
  const proveMailbox = openProveMailbox({ now, sessions, statusCache })
  const proving = { db, now, limits: openLoginLimits(limits, now), passwords: openPasswordHashing(passwords) }
  return {
    ...proving,
    accessTokens,
    statusCache,
    proveOwner: openOwnerProof(proving),
    linkCodes: openLinkCodes(tokens.keys),
    linkIdentity: openLinkIdentity({ now, proveMailbox }),
    proveMailbox,
    mail,
    shop,
    devices: openKnownDevices(tokens.keys),
    sessions,
    enter: openTelegramSessions({ now, sessions }),
    beginDeeplink: openDeeplinkLogins({ db, now, botUsername: telegram.bot_username }),
    verifyToken: verifyToken({ accessTokens, statusCache }),
    mailCodes: openMailCodes({ now, mail, shop }),
    telegram: openTelegramData(telegram),
    personalRecords,
    refreshGrace,
  }
}

const routesOf = (parts: ReturnType<typeof partsOf>) => [
  registerUserRoute({ registerUser: registerUser(parts) }),
  logInRoute({ logIn: logIn(parts) }),
  beginDeeplinkLoginRoute({ beginDeeplinkLogin: beginDeeplinkLogin(parts) }),
  answerDeeplinkLoginRoutes({
    showDeeplinkLogin: showDeeplinkLogin(parts),
    answerDeeplinkLogin: answerDeeplinkLogin(parts),
  }),
  finishDeeplinkLoginRoute({ finishDeeplinkLogin: finishDeeplinkLogin(parts) }),
  linkDeeplinkRoutes({ beginDeeplinkLink: beginDeeplinkLink(parts), linkDeeplink: linkDeeplink(parts) }),
  beginTelegramLoginRoute({ beginTelegramLogin: beginTelegramLogin(parts) }),
  signInWithTelegramRoutes({ signInWithTelegram: signInWithTelegram(parts) }),
  refreshSessionRoute({ refreshSession: refreshSession(parts) }),
  logOutRoute({ logOut: logOut(parts) }),
  listSessionsRoute({ listSessions: listSessions(parts) }),
  endSessionRoute({ endSession: endSession(parts) }),
  listUsersRoute({ listUsers: listUsers(parts) }),
  showUserRoute({ showUser: showUser(parts) }),
  changeUserRoute({ changeUser: changeUser(parts) }),
  listRolesRoute({ listRoles: listRoles(parts) }),
  changeRolePermissionsRoute({ changeRolePermissions: changeRolePermissions(parts) }),
  showInternalUserRoutes({ showInternalUser: showInternalUser(parts) }),
  exportAccountRoute({ exportAccount: exportAccount(parts), now: parts.now }),
  deleteAccountRoute({ deleteAccount: deleteAccount(parts) }),
  requestEmailLinkRoute({ requestEmailLink: requestEmailLink(parts) }),
  linkEmailRoute({ linkEmail: linkEmail(parts) }),
  linkTelegramRoutes({ linkTelegram: linkTelegram(parts) }),
  mergeAccountsRoute({ mergeAccounts: mergeAccounts(parts) }),
  revertMergeRoutes({ revertMerge: revertMerge(parts) }),
  listMergesRoute({ listMerges: listMerges(parts) }),
  showMeRoute({ showMe: showMe(parts) }),
  changeProfileRoute({ changeProfile: changeProfile(parts) }),
  sendVerificationRoute({ sendVerification: sendVerification(parts) }),
  verifyEmailRoute({ verifyEmail: verifyEmail(parts) }),
  requestPasswordResetRoute({ requestPasswordReset: requestPasswordReset(parts) }),
  resetPasswordRoute({ resetPassword: resetPassword(parts) }),
  changePasswordRoute({ changePassword: changePassword(parts) }),
  validateTokenRoute({ validateToken: validateToken(parts) }),
  acceptInvitationRoute({ acceptInvitation: acceptInvitation(parts) }),
]
