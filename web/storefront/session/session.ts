import { bodyOf, type Api, type Schemas } from '../api/client.ts'
import { dropPendingOrder } from '../ordering/pending-order.ts'
import { clearDrafts, moveDrafts } from '../parts/draft.ts'
import type { Locale } from '../text/locale.ts'
import { saveSession, sessionOf, sessionStore } from './session-store.ts'

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
  return {
    signIn: async (body) => begin(await bodyOf(api.POST('/api/v1/auth/login', { body }))),
    register: async ({ name, ...account }) =>
      begin(await bodyOf(api.POST('/api/v1/auth/register', { body: { ...account, ...(name !== '' && { name }) } }))),
    signOut: async ({ everywhere = false } = {}) => {
      const session = sessionStore.get()
      if (session && everywhere) await bodyOf(api.POST('/api/v1/auth/logout-all'))
      else if (session) await api.POST('/api/v1/auth/logout')
      saveSession(null)
      // The next person at this browser finds neither a name nor an address.
      clearDrafts()
      dropPendingOrder()
      afterChange()
    },
    speak,
    changed,
  }
}
