import type { Kysely } from 'kysely'
import type { Routes } from '#platform/http'
import type { Clock } from '#platform/values'
import { acceptInvitation } from './accept-invitation/accept-invitation.ts'
import { acceptInvitationRoute } from './accept-invitation/route.ts'
import type { Identify } from './sessions/identify.ts'
import { changePassword } from './change-password/change-password.ts'
import { changePasswordRoute } from './change-password/route.ts'
import { changeProfile } from './change-profile/change-profile.ts'
import { changeProfileRoute } from './change-profile/route.ts'
import { endSession } from './end-session/end-session.ts'
import { endSessionRoute } from './end-session/route.ts'
import type { LoginLimits } from './limits/login-limits.ts'
import { listSessions } from './list-sessions/query.ts'
import { listSessionsRoute } from './list-sessions/route.ts'
import { logIn } from './log-in/log-in.ts'
import { logInRoute } from './log-in/route.ts'
import { logOut } from './log-out/log-out.ts'
import { logOutRoute } from './log-out/route.ts'
import type { Passwords } from './passwords/passwords.ts'
import { refreshSession } from './refresh-session/refresh-session.ts'
import { refreshSessionRoute } from './refresh-session/route.ts'
import { registerUser } from './register-user/register-user.ts'
import { registerUserRoute } from './register-user/route.ts'
import type { SignIn } from './sessions/sign-in.ts'
import type { Standings } from './sessions/standings.ts'
import { showMeRoute } from './show-me/route.ts'
import type { IdentityTables } from './tables.ts'
import { findUser } from './users/find-user.ts'
import { validateTokenRoute } from './validate-token/route.ts'

type Parts = Readonly<{
  db: Kysely<IdentityTables>
  now: Clock
  passwords: Passwords
  limits: LoginLimits
  standings: Standings
  signIn: SignIn
  identify: Identify
  refreshTtl: number
  refreshGrace: number
}>

/** Every slice that has a route, wired. */
export const routesOf = (parts: Parts): readonly Routes[] => [
  registerUserRoute(registerUser(parts)),
  logInRoute(logIn(parts)),
  refreshSessionRoute(refreshSession(parts)),
  logOutRoute(logOut(parts)),
  listSessionsRoute(listSessions(parts)),
  endSessionRoute(endSession(parts)),
  showMeRoute((id) => findUser(parts.db, id)),
  changeProfileRoute(changeProfile(parts)),
  changePasswordRoute(changePassword(parts)),
  validateTokenRoute(parts.identify),
  acceptInvitationRoute(acceptInvitation(parts)),
]
