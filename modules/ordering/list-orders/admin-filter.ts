import { Type, type Static } from 'typebox'
import type { IdentityApi } from '#identity'
import { Id, Moment, Text } from '#platform/schema'
import { DeliveryMethod, OrderStatus, PaymentMethod } from '../schema.ts'
import type { OrderFilter } from './query.ts'

/** The parameters by which staff choose orders. */
export const adminFilter = {
  status: Type.Optional(OrderStatus),
  payment_method: Type.Optional(PaymentMethod),
  delivery_method: Type.Optional(DeliveryMethod),
  user_id: Type.Optional(Id),
  from: Type.Optional({ ...Moment, description: 'The earliest moment when the order was placed' }),
  until: Type.Optional({ ...Moment, description: 'The moment before which the order was placed' }),
  search: Type.Optional(
    Text(254, {
      minLength: 1,
      description:
        'The beginning of the number, the id, a phone, the e-mail of a guest, or the beginning of the name or e-mail of an account',
    }),
  ),
}

const AdminFilter = Type.Object(adminFilter)
type AdminFilter = Static<typeof AdminFilter>

export type ReadFilter = (query: AdminFilter) => Promise<OrderFilter>

/** Makes a filter of the parameters. Accounts are found by the module that has their names. */
export const readFilter =
  (findAccounts: IdentityApi['findAccounts']): ReadFilter =>
  async ({ status, payment_method, delivery_method, user_id, from, until, search: text }) => ({
    status,
    payment_method,
    delivery_method,
    user_id,
    from: from === undefined ? undefined : new Date(from),
    until: until === undefined ? undefined : new Date(until),
    search: text === undefined ? undefined : { text, user_ids: await findAccounts({ search: text }) },
  })
