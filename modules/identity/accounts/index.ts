import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { IdentityApi } from '../api.ts'
import type { Auth } from '../auth/open-auth.ts'
import { changePassword } from './change-password/change-password.ts'
import { changePasswordRoute } from './change-password/route.ts'
import { changeProfile } from './change-profile/change-profile.ts'
import { changeProfileRoute } from './change-profile/route.ts'
import { deleteAccount } from './delete-account/delete-account.ts'
import { deleteAccountRoute } from './delete-account/route.ts'
import { exportAccount, type PersonalRecords } from './export-account/query.ts'
import { exportAccountRoute } from './export-account/route.ts'
import { findAccounts } from './find-accounts/query.ts'
import { listAccounts } from './list-accounts/query.ts'
import { listIdentities } from './list-identities/query.ts'
import { listIdentitiesRoute } from './list-identities/route.ts'
import { registerUser } from './register-user/register-user.ts'
import { registerUserRoute } from './register-user/route.ts'
import { sendPasswordResetJob } from './request-password-reset/job.ts'
import { requestPasswordReset } from './request-password-reset/request-password-reset.ts'
import { requestPasswordResetRoute } from './request-password-reset/route.ts'
import { resetPasswordPage } from './reset-password/page.ts'
import { resetPassword } from './reset-password/reset-password.ts'
import { resetPasswordRoute } from './reset-password/route.ts'
import { sendVerificationRoute } from './send-verification/route.ts'
import { sendVerification } from './send-verification/send-verification.ts'
import { showInternalUser } from './show-internal-user/query.ts'
import { showInternalUserRoutes } from './show-internal-user/route.ts'
import { showMe } from './show-me/query.ts'
import { showMeRoute } from './show-me/route.ts'
import { verifyEmailPage } from './verify-email/page.ts'
import { verifyEmailRoute } from './verify-email/route.ts'
import { verifyEmail } from './verify-email/verify-email.ts'

type Needs = Auth & Readonly<{ personalRecords: readonly PersonalRecords[] }>

type Accounts = Readonly<{
  accountsOf: IdentityApi['accountsOf']
  findAccounts: IdentityApi['findAccounts']
  routes: readonly Routes[]
  plainPages: readonly Routes[]
  jobs: readonly Job[]
}>

/** The accounts of people: registration, profile, mailbox, password, export and deletion. */
export const accounts = (needs: Needs): Accounts => ({
  accountsOf: listAccounts(needs),
  findAccounts: findAccounts(needs),
  routes: [
    registerUserRoute({ registerUser: registerUser(needs) }),
    showInternalUserRoutes({ showInternalUser: showInternalUser(needs) }),
    exportAccountRoute({ exportAccount: exportAccount(needs), now: needs.now }),
    deleteAccountRoute({ deleteAccount: deleteAccount(needs) }),
    listIdentitiesRoute({ listIdentities: listIdentities(needs) }),
    showMeRoute({ showMe: showMe(needs) }),
    changeProfileRoute({ changeProfile: changeProfile(needs) }),
    sendVerificationRoute({ sendVerification: sendVerification(needs) }),
    verifyEmailRoute({ verifyEmail: verifyEmail(needs) }),
    requestPasswordResetRoute({ requestPasswordReset: requestPasswordReset(needs) }),
    resetPasswordRoute({ resetPassword: resetPassword(needs) }),
    changePasswordRoute({ changePassword: changePassword(needs) }),
  ],
  plainPages: [resetPasswordPage, verifyEmailPage],
  jobs: [sendPasswordResetJob(needs)],
})
