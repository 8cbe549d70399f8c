import { openApi, type Api } from '../api/client.ts'
import { cartTokenOf } from '../cart/cart-store.ts'
import type { Locale } from '../text/locale.ts'
import { readSession, saveSession, sessionStore, withExpiry, type Session } from './session-store.ts'

/** Milliseconds before its end at which an access token is renewed. */
const margin = 20_000

/**
 * The API of the browser: adds the language, the session and the cart to each request, and renews an access token that has
 * expired.
 */
export function openBrowserApi(locale: Locale): Api {
  const plain = openApi({ baseUrl: location.origin, fetch: (request) => fetch(request) })
  const renew = async (session: Session): Promise<Session | null> =>
    // One tab renews at a time: a refresh token works once.
    await navigator.locks.request('posad.refresh', async () => {
      readSession()
      const present = sessionStore.get()
      if (!present || present.refresh_token !== session.refresh_token) return present ?? null
      const body = { refresh_token: present.refresh_token }
      const { data, response } = await plain.POST('/api/v1/auth/refresh', { body })
      const next = data ? { ...present, ...withExpiry(data) } : response.status < 500 ? null : present
      saveSession(next)
      return next
    })

  const send = async (given: Request): Promise<Response> => {
    const request = new Request(given)
    request.headers.set('accept-language', locale)
    const token = cartTokenOf()
    // A repeat of an order brings the token of its first request.
    if (token !== null && !request.headers.has('x-cart-token')) request.headers.set('x-cart-token', token)
    let session = sessionStore.get() ?? null
    if (session && session.expires_at - margin < Date.now()) session = await renew(session)
    const response = await fetch(authorized(request, session))
    if (response.status !== 401 || !session) return response
    const next = await renew({ ...session })
    return next ? await fetch(authorized(request, next)) : response
  }
  return openApi({ baseUrl: location.origin, fetch: send })
}

function authorized(request: Request, session: Session | null): Request {
  const copy = request.clone()
  if (session) copy.headers.set('authorization', `Bearer ${session.access_token}`)
  return copy
}
