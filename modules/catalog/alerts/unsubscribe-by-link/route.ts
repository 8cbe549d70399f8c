import { Type } from 'typebox'
import type { Http, Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { alertsPage, alertsPageHeaders } from './page.ts'
import type { IsLink, UnsubscribeByLink } from './unsubscribe-by-link.ts'

/** Takes any text: a person with a broken link gets a page instead of a problem document. */
const params = Type.Object({ token: Type.String({ maxLength: 200 }) })
const schema = { hide: true, params }

/** Public by its token. The page does not say whose subscriptions they are. */
export const unsubscribeByLinkRoute =
  ({ isLink, unsubscribeByLink }: Readonly<{ isLink: IsLink; unsubscribeByLink: UnsubscribeByLink }>): Routes =>
  (http) => {
    http.get('/alerts/:token', { schema, config: { access: 'anyone' } }, async ({ params, locale }, reply) => {
      const isOpen = await isLink(params.token)
      if (!isOpen) reply.code(404)
      return reply.headers(alertsPageHeaders).send(alertsPage(isOpen ? 'asking' : 'broken-link', locale))
    })
    http.register(async (scope) => {
      const forms = scope as Http
      // The button of the page sends an empty form.
      forms.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { bodyLimit: 1024 },
        (_request, payload, done) => {
          payload.resume()
          done(null, undefined)
        },
      )
      const config = { access: 'anyone', repeat: 'Finds no subscription, and changes nothing.' } as const
      forms.post('/alerts/:token', { schema: { ...schema, body: NoBody }, config }, async (request, reply) => {
        const outcome = await unsubscribeByLink(request.params.token)
        if (isRefusal(outcome)) reply.code(404)
        const kind = isRefusal(outcome) ? 'broken-link' : 'done'
        return reply.headers(alertsPageHeaders).send(alertsPage(kind, request.locale))
      })
    })
  }
