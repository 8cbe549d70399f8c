import { Type } from 'typebox'
import { refuse, type Http, type Routes } from '#platform/http'
import { notFound } from '#platform/outcome'
import { Id, NoBody } from '#platform/schema'
import type { PayLinks } from '../pay-links.ts'

const schema = {
  hide: true,
  body: NoBody,
  params: Type.Object({ order_id: Id }),
  querystring: Type.Object({ token: Type.Optional(Type.String({ maxLength: 1000 })) }),
}

/** `payAgain` starts another payment, or continues the open one. Its outcome is what the page shows next. */
type Needs = Readonly<{
  payLinks: PayLinks
  payAgain: (input: Readonly<{ subject_id: string; client_address: string }>) => Promise<unknown>
}>

/** The button of the payment page after the bank declined. Another site cannot press it, because it has no token. */
export const payAgainRoute =
  ({ payLinks, payAgain }: Needs): Routes =>
  (http) => {
    http.register(async (scope) => {
      const forms = scope as Http
      const form = { bodyLimit: 1024, parseAs: 'string' } as const
      forms.addContentTypeParser('application/x-www-form-urlencoded', form, async () => ({}))
      forms.post(
        '/pay/:order_id/again',
        { schema, config: { access: 'anyone', repeat: 'Continues the open payment.' } },
        async (request, reply) => {
          const { order_id } = request.params
          if (!payLinks.isValid(order_id, request.query.token)) return refuse(reply, notFound('payment page'))
          await payAgain({ subject_id: order_id, client_address: request.ip })
          return reply.redirect(payLinks.pathOf(order_id), 303)
        },
      )
    })
  }
