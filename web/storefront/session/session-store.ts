import type { Schemas } from '../api/client.ts'
import { createStore } from '../store.ts'

/** A signed-in reader with the tokens of the session. */
export type Session = Readonly<{
  user: Schemas['User']
  access_token: string
  refresh_token: string
  expires_at: number
}>

const key = 'posad.session'

/** The session of the reader: null for a guest, undefined until the browser has read it. */
export const sessionStore = createStore<Session | null | undefined>(undefined)

/** Reads the session that this browser stored. */
export function readSession(): void {
  try {
    sessionStore.set(JSON.parse(localStorage.getItem(key) ?? 'null') as Session | null)
  } catch {
    sessionStore.set(null)
  }
}

/** Stores a session, or the end of one, for all tabs. */
export function saveSession(session: Session | null): void {
  if (session) localStorage.setItem(key, JSON.stringify(session))
  else localStorage.removeItem(key)
  sessionStore.set(session)
}

/** Follows the other tabs: signing in or out in one holds in all. */
export const watchSession = (): void =>
  addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) readSession()
  })

export const sessionOf = ({ user, ...tokens }: Schemas['SignedIn']): Session => ({
  user,
  ...withExpiry(tokens),
})

export const withExpiry = ({ access_token, refresh_token, expires_in }: Schemas['TokenPair']) => ({
  access_token,
  refresh_token,
  expires_at: Date.now() + expires_in * 1000,
})
