import { userOf } from '#platform/access'
import {
  answer,
  operationIdOf,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type AnyReply,
  type AnyRequest,
  type Routes,
} from '#platform/http'
import { isRefusal, notFound, type ReasonOf } from '#platform/outcome'
import { IdParams, type Shape } from '#platform/schema'
import type { OrderAccess } from '../../order-access.ts'
import type { OrderLinks } from '../../order-links.ts'
import { LinkParams } from '../../schema.ts'
import { itemsMember } from '../answers.ts'
import { returnViewOf } from '../return-view.ts'
import { RequestReturnBody, ReturnView } from '../schema.ts'
import type { RequestedReturn, RequestReturn, RequestReturnOutcome } from './request-return.ts'

const answers = {
  'order-not-fulfilled': answer(
    409,
    'Only goods that were handed over can come back. An order that is on its way may still be cancelled.',
    'Вернуть можно только полученный товар. Заказ, который ещё не передан, можно отменить.',
  ),
  'return-window-over': {
    ...answer(
      409,
      'The time to return these goods is over. Ask the shop. `items` lists pieces that a return missed: they may still come.',
      'Срок возврата истёк. Напишите в магазин. Что не пришло с прежним возвратом и ещё может прийти, указано в `items`.',
    ),
    members: itemsMember('The pieces of returns that did not come, and may still come back'),
  },
  'pieces-not-returnable': {
    ...answer(
      409,
      'The order has fewer of these pieces, or they come back already. `items` lists what is left.',
      'В заказе меньше таких товаров, или их уже возвращают. Что осталось, указано в `items`.',
    ),
    members: itemsMember('The pieces of the order that are in no return'),
  },
  'id-taken': answer(409, 'Another return has this id.', 'Этот id занят другим возвратом.'),
} satisfies Record<ReasonOf<RequestReturnOutcome>, Answer>

type Needs = Readonly<{ requestReturn: RequestReturn; orderLinks: OrderLinks }>
type Ordered = Readonly<{ order_id: string; access: OrderAccess }>

export const requestReturnRoutes =
  ({ requestReturn, orderLinks }: Needs): Routes =>
  (http) => {
    const body = RequestReturnBody
    const response = { 201: ReturnView, ...problemsOf(answers) }
    const requestAndAnswer = async (
      request: AnyRequest,
      reply: AnyReply,
      { order_id, access, items, reason }: Ordered & Shape<typeof RequestReturnBody>,
    ) => {
      const { locale } = request
      const viewOf = (requested: RequestedReturn) => returnViewOf(requested.return, locale)
      const input = { id: operationIdOf(request), order_id, access, items, reason, locale }
      const outcome = await requestReturn(input, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    }

    const own = { tags: ['ordering'], summary: 'Ask to return goods of your order', params: IdParams, body, response }
    http.post(
      '/orders/:id/returns',
      { schema: own, config: { access: 'user', idempotent: true } },
      async (request, reply) => {
        const access = userOf(request.caller)
        return await requestAndAnswer(request, reply, { order_id: request.params.id, access, ...request.body })
      },
    )

    const linked = {
      tags: ['ordering'],
      summary: 'Ask to return goods of the order of a private link',
      params: LinkParams,
      body,
      response,
    }
    http.post(
      '/orders/by-link/:token/returns',
      { schema: linked, config: { access: 'anyone', idempotent: true } },
      async (request, reply) => {
        const access = orderLinks.read(request.params.token)
        if (!access) return refuse(reply, notFound('order'))
        return await requestAndAnswer(request, reply, { order_id: access.order_id, access, ...request.body })
      },
    )
  }
