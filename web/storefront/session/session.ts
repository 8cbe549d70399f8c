import { bodyOf, type Api, type Schemas } from '../api/client.ts'
import { dropPendingOrder } from '../ordering/pending-order.ts'
import { clearDrafts, moveDrafts } from '../parts/draft.ts'
import type { Locale } from '../text/locale.ts'
import { saveSession, sessionOf, sessionStore, withExpiry } from './session-store.ts'

type Credentials = Readonly<{ email: string; password: string }>

/** The actions of a reader on her session. */
export type SessionActions = Readonly<{
  signIn: (credentials: Credentials) => Promise<void>
  register: (account: Credentials & Readonly<{ name: string }>) => Promise<void>
  signOut: (options?: Readonly<{ everywhere?: boolean }>) => Promise<void>
  /** Stores the language of the pages in the profile: the answers and e-mails of the shop follow the profile. */
  speak: () => Promise<void>
  /** Shows a changed profile on all pages. */
  changed: (user: Schemas['User']) => void
  /** Reads the profile again; ends the session when the shop has ended it. */
  reread: () => Promise<void>
  /** Opens the session that a sign-in without a password began. */
  began: (signedIn: Schemas['SignedIn']) => void
  /** Follows a merge: another session replaces one that ended with its account. */
  merged: (merged: Schemas['MergedAccounts']) => void
  /** Ends a session here that the shop has ended, and deletes what was typed in it. */
  ended: () => void
}>

type Needs = Readonly<{ api: Api; locale: Locale; afterChange: () => void }>

/** `afterChange` runs after a sign-in and a sign-out: the cart is another one then. */
export function openSession({ api, locale, afterChange }: Needs): SessionActions {
  const changed = (user: Schemas['User']) => {
    const session = sessionStore.get()
    if (session) saveSession({ ...session, user })
  }
  const speak = async () => {
    const session = sessionStore.get()
    if (!session || session.user.locale === locale) return
    const { data } = await api.PATCH('/api/v1/auth/me', { body: { locale } })
    if (!data) return
    changed(data)
    afterChange()
  }
  const begin = (signedIn: Schemas['SignedIn']) => {
    moveDrafts(signedIn.user.id)
    saveSession(sessionOf(signedIn))
    afterChange()
    void speak()
  }
  const ended = () => {
    saveSession(null)
    // The next person at this browser finds neither a name nor an address.
    clearDrafts()
    dropPendingOrder()
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
      ended()
    },
    speak,
    changed,
    reread: async () => {
      if (!sessionStore.get()) return
      const { data } = await api.GET('/api/v1/auth/me')
      if (data) changed(data)
    },
    began: begin,
    merged: ({ user, session }) => {
      const present = sessionStore.get()
      if (present) saveSession({ ...present, ...(session && withExpiry(session)), user })
      afterChange()
    },
    ended,
  }
}
