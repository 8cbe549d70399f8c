import { bodyOf, type Api, type Schemas } from '../api/client.ts'
import { saveSession, sessionOf, sessionStore } from './session-store.ts'

type Credentials = Readonly<{ email: string; password: string }>

/** The actions of a reader on her session. */
export type SessionActions = Readonly<{
  signIn: (credentials: Credentials) => Promise<void>
  register: (account: Credentials & Readonly<{ name: string }>) => Promise<void>
  signOut: (options?: Readonly<{ everywhere?: boolean }>) => Promise<void>
  /** Shows a changed profile on all pages. */
  changed: (user: Schemas['User']) => void
}>

type Needs = Readonly<{ api: Api; afterChange: () => void }>

/** `afterChange` runs after a sign-in and a sign-out: the cart is another one then. */
export function openSession({ api, afterChange }: Needs): SessionActions {
  const begin = (signedIn: Schemas['SignedIn']) => {
    saveSession(sessionOf(signedIn))
    afterChange()
  }
  return {
    signIn: async (body) => begin(await bodyOf(api.POST('/api/v1/auth/login', { body }))),
    register: async ({ name, ...account }) =>
      begin(await bodyOf(api.POST('/api/v1/auth/register', { body: { ...account, ...(name !== '' && { name }) } }))),
    signOut: async ({ everywhere = false } = {}) => {
      const session = sessionStore.get()
      if (session && everywhere) await bodyOf(api.POST('/api/v1/auth/logout-all'))
      else if (session) await api.POST('/api/v1/auth/logout')
      saveSession(null)
      afterChange()
    },
    changed: (user) => {
      const session = sessionStore.get()
      if (session) saveSession({ ...session, user })
    },
  }
}
