import type { Bug } from '../bug.ts'

const identity = (file: string) => `modules/identity/${file}`

/** Who is who. */
export const inIdentity: readonly Bug[] = [
  {
    what: 'a stolen refresh token is good for ever',
    requirement: 'ID-5',
    file: identity('session.ts'),
    text: 'at.now <= after(token.used_at, at.grace) && !token.successor_used',
    instead: '!token.successor_used',
    caughtBy: identity('session.test.ts'),
  },
  {
    what: 'a copy of a refresh token opens a session while the owner has the next one',
    requirement: 'ID-5',
    file: identity('session.ts'),
    text: ' && !token.successor_used',
    instead: '',
    caughtBy: identity('session.test.ts'),
  },
  {
    what: 'fifty uses of one refresh token at once do not wait for each other',
    requirement: 'REL-5',
    file: identity('refresh-session/refresh-session.ts'),
    text: '    .forUpdate()\n',
    instead: '',
    caughtBy: identity('refresh-session/refresh-session.test.ts'),
  },
  {
    what: 'who is blocked may still log in',
    requirement: 'ID-3',
    file: identity('log-in/log-in.ts'),
    text: "if (user?.status !== 'active')",
    instead: 'if (!user)',
    caughtBy: identity('log-in/log-in.test.ts'),
  },
  {
    what: 'a changed password leaves the thief signed in',
    requirement: 'ID-7',
    file: identity('change-password/change-password.ts'),
    text: "await sessions.end(tx, { user_id, except: session_id }, 'password_changed')",
    instead: '',
    caughtBy: identity('change-password/change-password.test.ts'),
  },
  {
    what: 'an access token lives for ever',
    requirement: 'ID-4',
    file: identity('auth/access-tokens.ts'),
    text: '!claims || claims.exp * 1000 <= now().getTime()',
    instead: '!claims',
    caughtBy: identity('authenticate-caller/authenticate-caller.test.ts'),
  },
  {
    what: 'an ended session still acts with its access token',
    requirement: 'ID-6',
    file: identity('auth/status-cache.ts'),
    text: "    .where('session.ended_at', 'is', null)\n",
    instead: '',
    caughtBy: identity('log-out/log-out.test.ts'),
  },
  {
    what: 'an invitation makes as many people staff as have its link',
    requirement: 'ID-17',
    file: identity('invitation.ts'),
    text: '!invitation || invitation.accepted_at ||',
    instead: '!invitation ||',
    caughtBy: identity('accept-invitation/accept-invitation.test.ts'),
  },
]
