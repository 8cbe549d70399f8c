import { isRefusal } from '#platform/outcome'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { Client } from '../../session.ts'
import type { BeginDeeplink } from '../auth/deeplink-logins.ts'

type Needs = Readonly<{ limits: LoginLimits; beginDeeplink: BeginDeeplink }>
export type BeginDeeplinkLoginOutcome = Awaited<ReturnType<BeginDeeplink>> | TooManyAttempts
export type BeginDeeplinkLogin = (client: Client) => Promise<BeginDeeplinkLoginOutcome>

/** Begins a login by a link to the bot. */
export const beginDeeplinkLogin =
  ({ limits, beginDeeplink }: Needs): BeginDeeplinkLogin =>
  async (client) => {
    const attempt = limits.takeCode(client.ip)
    return isRefusal(attempt) ? attempt : await beginDeeplink(client, null)
  }
