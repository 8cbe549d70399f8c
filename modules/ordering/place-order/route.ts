import {
  operationIdOf,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type AnyReply,
  type AnyRequest,
  type Routes,
} from '#platform/http'
import { isRefusal, type ReasonOf, type StoreResponse } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { draftAnswers, placeAnswers } from '../answers.ts'
import type { OrderLinks } from '../order-links.ts'
import { asFound, orderViewOf, type PayUrlOf, type ShowOrder } from '../order-view.ts'
import type { CreatedOrder } from '../order.ts'
import { PlaceDraftBody, PlaceOrderBody, PlaceOrderHeaders, PlaceOrderWithIdBody } from '../request-schema.ts'
import { OrderView } from '../schema.ts'
import { requestOf, type PlaceOrderInput } from './load-request.ts'
import type { PlaceDraft, PlaceDraftOutcome, PlaceOrder, PlaceOrderOutcome } from './place-order.ts'

const answers = placeAnswers satisfies Record<ReasonOf<PlaceOrderOutcome>, Answer>
const { 'draft-placed': _, ...answersOfDrafts } = draftAnswers
const answersToStaff = { ...answers, ...answersOfDrafts } satisfies Record<ReasonOf<PlaceDraftOutcome>, Answer>

type ViewNeeds = Readonly<{ showOrder: ShowOrder; payUrlOf: PayUrlOf; orderLinks: OrderLinks }>
type Needs = ViewNeeds & Readonly<{ placeOrder: PlaceOrder; guestOrders: boolean }>

type Placing = (storeResponse: StoreResponse<CreatedOrder>) => Promise<PlaceDraftOutcome>

/** Places an order and answers with it, also when it was placed before. */
const answerWith =
  ({ showOrder, payUrlOf, orderLinks }: ViewNeeds) =>
  async ({ locale }: AnyRequest, reply: AnyReply, placing: Placing) => {
    const presentation = { locale, payUrlOf, orderLinks }
    const viewOf = (order: CreatedOrder) => orderViewOf(asFound(order), presentation)
    const outcome = await placing(storeResponseAs(reply, 201, viewOf))
    if (isRefusal(outcome)) return refuse(reply, outcome, answersToStaff)
    if (outcome.kind === 'placed') return reply.code(201).send(viewOf(outcome.order))
    const found = await showOrder(outcome.order_id)
    if (isRefusal(found)) return refuse(reply, found)
    return reply.code(201).send(orderViewOf(found, presentation))
  }

export const placeOrderRoutes =
  ({ placeOrder, guestOrders, ...views }: Needs): Routes =>
  (http) => {
    const access = guestOrders ? 'anyone' : 'user'
    const config = { access, idempotent: true, limit: 'checkout' } as const
    const response = { 201: OrderView, ...problemsOf(answers) }

    const answer = answerWith(views)
    const placeAndAnswer = async (request: AnyRequest, reply: AnyReply, body: PlaceOrderBody) =>
      await answer(request, reply, (storeResponse) => placeOrder(inputOf(body, request), storeResponse))

    http.post(
      '/orders',
      {
        schema: {
          tags: ['ordering'],
          summary: 'Place an order',
          headers: PlaceOrderHeaders,
          body: PlaceOrderBody,
          response,
        },
        config,
      },
      async (request, reply) => await placeAndAnswer(request, reply, request.body),
    )

    const schema = {
      tags: ['ordering'],
      summary: 'Place an order with an id that you choose',
      params: IdParams,
      headers: PlaceOrderHeaders,
      body: PlaceOrderWithIdBody,
      response,
    }
    http.put('/orders/:id', { schema, config }, async (request, reply) => {
      return await placeAndAnswer(request, reply, { ...request.body, id: request.params.id })
    })
  }

type DraftNeeds = ViewNeeds & Readonly<{ placeDraft: PlaceDraft }>

export const placeDraftRoute =
  ({ placeDraft, ...views }: DraftNeeds): Routes =>
  (http) => {
    const schema = {
      tags: ['ordering'],
      summary: 'Place the order of a draft, once',
      description: 'The buyer gets the private link of the order by e-mail, and pays there.',
      params: IdParams,
      body: PlaceDraftBody,
      response: { 201: OrderView, ...problemsOf(answersToStaff) },
    }
    const config = { access: { permission: 'orders.write' }, idempotent: true }
    http.post('/admin/order-drafts/:id/place', { schema, config }, async (request, reply) => {
      const attempt = { operation_id: operationIdOf(request), locale: request.locale }
      const input = { ...request.body, ...attempt, draft_id: request.params.id }
      return await answerWith(views)(request, reply, (storeResponse) => placeDraft(input, storeResponse))
    })
  }

const inputOf = (body: PlaceOrderBody, request: AnyRequest): PlaceOrderInput => {
  const { caller } = request
  const cart_token = request.headers['x-cart-token']
  return {
    request: requestOf(caller.kind === 'user' ? { user_id: caller.user_id } : { contact: body.contact }, body),
    attempt: {
      id: body.id?.toLowerCase(),
      operation_id: operationIdOf(request),
      email: caller.kind === 'user' ? caller.email : undefined,
      is_verified: caller.kind === 'user' && caller.is_verified === true,
      locale: request.locale,
      client_address: request.ip,
      cart_token: typeof cart_token === 'string' ? cart_token : undefined,
    },
  }
}
