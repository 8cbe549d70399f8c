import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { IdentityApi } from '../api.ts'
import type { MachineTokenSettings } from '../auth/machine-tokens.ts'
import type { Auth } from '../auth/open-auth.ts'
import { authenticateCaller } from './authenticate-caller/authenticate-caller.ts'
import {
  deleteExpiredProofs,
  deleteExpiredSessions,
  deleteFinalMerges,
} from './delete-expired-sessions/delete-expired-sessions.ts'
import { deleteExpiredSessionsJob } from './delete-expired-sessions/job.ts'
import { endSession } from './end-session/end-session.ts'
import { endSessionRoute } from './end-session/route.ts'
import { listSessions } from './list-sessions/query.ts'
import { listSessionsRoute } from './list-sessions/route.ts'
import { logIn } from './log-in/log-in.ts'
import { logInRoute } from './log-in/route.ts'
import { logOut } from './log-out/log-out.ts'
import { logOutRoute } from './log-out/route.ts'
import { refreshSession } from './refresh-session/refresh-session.ts'
import { refreshSessionRoute } from './refresh-session/route.ts'
import { showKeysRoute } from './show-keys/route.ts'
import { validateToken } from './validate-token/query.ts'
import { validateTokenRoute } from './validate-token/route.ts'

type Needs = Auth &
  Readonly<{
    machineTokens: MachineTokenSettings
    /** Milliseconds in which a used refresh token gives the same successor again. */
    refreshGrace: number
  }>

type SessionParts = Readonly<{
  authenticate: IdentityApi['authenticate']
  routes: readonly Routes[]
  pages: readonly Routes[]
  jobs: readonly Job[]
}>

/** Sign-ins with a password, the sessions that they open, and the tokens of the sessions. */
export const sessions = (needs: Needs): SessionParts => ({
  authenticate: authenticateCaller(needs),
  routes: [
    logInRoute({ logIn: logIn(needs) }),
    refreshSessionRoute({ refreshSession: refreshSession(needs) }),
    logOutRoute({ logOut: logOut(needs) }),
    listSessionsRoute({ listSessions: listSessions(needs) }),
    endSessionRoute({ endSession: endSession(needs) }),
    validateTokenRoute({ validateToken: validateToken(needs) }),
  ],
  pages: [showKeysRoute(needs.accessTokens)],
  jobs: [
    deleteExpiredSessionsJob({
      deleteExpiredSessions: deleteExpiredSessions(needs),
      deleteExpiredProofs: deleteExpiredProofs(needs),
      deleteFinalMerges: deleteFinalMerges(needs),
    }),
  ],
})
