import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type AnyReply, type Routes } from '#platform/http'
import { isRefusal, notFound, type ReasonOf } from '#platform/outcome'
import { IdParams, type Shape } from '#platform/schema'
import type { OrderAccess } from '../order-access.ts'
import type { OrderLinks } from '../order-links.ts'
import { CancellationAccepted, CancelOrderBody, LinkParams } from '../schema.ts'
import type { Accepted, CancelOrder, CancelOrderOutcome } from './cancel-order.ts'

const answers = {
  'too-late-to-cancel': answer(
    409,
    'The parcel is on its way, or the order is closed. Ask for a return instead.',
    'Посылка уже в пути или заказ завершён. Оформите возврат.',
  ),
} satisfies Record<ReasonOf<CancelOrderOutcome>, Answer>

const viewOf = ({ kind: _, ...accepted }: Accepted) => accepted

type Needs = Readonly<{ cancelOrder: CancelOrder; orderLinks: OrderLinks }>

export const cancelOrderRoutes =
  ({ cancelOrder, orderLinks }: Needs): Routes =>
  (http) => {
    const body = CancelOrderBody
    const response = { 200: CancellationAccepted, ...problemsOf(answers) }

    const cancelAndAnswer = async (
      reply: AnyReply,
      order: Readonly<{ order_id: string; access: OrderAccess }>,
      { reason }: Shape<typeof CancelOrderBody>,
    ) => {
      const outcome = await cancelOrder({ ...order, reason }, storeResponseAs(reply, 200, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return viewOf(outcome)
    }

    const own = { tags: ['ordering'], summary: 'Cancel your order', params: IdParams, body, response }
    http.post(
      '/orders/:id/cancel',
      { schema: own, config: { access: 'user', idempotent: true, bodyOptional: true } },
      async ({ params: { id: order_id }, caller, body }, reply) =>
        await cancelAndAnswer(reply, { order_id, access: userOf(caller) }, body),
    )

    const linked = {
      tags: ['ordering'],
      summary: 'Cancel the order of a private link',
      params: LinkParams,
      body,
      response,
    }
    http.post(
      '/orders/by-link/:token/cancel',
      { schema: linked, config: { access: 'anyone', idempotent: true, bodyOptional: true } },
      async ({ params, body }, reply) => {
        const access = orderLinks.read(params.token)
        if (!access) return refuse(reply, notFound('order'))
        return await cancelAndAnswer(reply, { order_id: access.order_id, access }, body)
      },
    )
  }
