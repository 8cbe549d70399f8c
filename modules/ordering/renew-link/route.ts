import { Type } from 'typebox'
import { refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, notFound, storeNothing } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import type { LinkedOrder, OrderLinks } from '../order-links.ts'
import { LinkParams, LinkRenewed } from '../schema.ts'
import type { RenewLink } from './renew-link.ts'

const tags = ['ordering']

const own = {
  tags,
  summary: 'Revoke the private link of your order',
  description: 'The link no longer works. Staff can give you another one.',
  params: LinkParams,
  response: { 204: Type.Null() },
}

const any = {
  tags,
  summary: 'Create a new private link to a guest’s order',
  description: 'The previous link no longer works. 404 for the order of an account, which has no link.',
  params: IdParams,
  body: NoBody,
  response: { 201: LinkRenewed },
}

type Needs = Readonly<{ renewLink: RenewLink; orderLinks: OrderLinks }>

export const renewLinkRoutes =
  ({ renewLink, orderLinks }: Needs): Routes =>
  (http) => {
    http.delete(
      '/orders/by-link/:token',
      { schema: own, config: { access: 'anyone' } },
      async ({ params: { token } }, reply) => {
        const link = orderLinks.read(token)
        const outcome = link ? await renewLink(link, storeNothing) : notFound('order')
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return reply.code(204).send(null)
      },
    )

    const viewOf = (order: LinkedOrder) => ({ link_token: orderLinks.tokenOf(order) })
    http.post(
      '/admin/orders/:id/link',
      { schema: any, config: { access: { permission: 'orders.write' }, idempotent: true } },
      async ({ params: { id: order_id } }, reply) => {
        const outcome = await renewLink({ order_id }, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return reply.code(201).send(viewOf(outcome))
      },
    )
  }
