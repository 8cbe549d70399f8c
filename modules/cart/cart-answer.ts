import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Locale } from '#platform/values'
import { mostPieces } from './cart.ts'
import type { Holder } from './carts.ts'
import { cartExample } from './examples.ts'
import type { MergeCarts } from './merge-carts/merge-carts.ts'
import type { ShownCart } from './priced-cart.ts'

const Amount = Type.Integer({ minimum: 0, description: 'Minor units' })

const Item = Type.Object({
  variant_id: Type.String({ format: 'uuid' }),
  product_id: Type.String({ format: 'uuid' }),
  slug: Type.String(),
  title: Type.String(),
  image: Type.Union([Type.String(), Type.Null()]),
  quantity: Type.Integer(),
  price: Amount,
  currency: Type.String(),
  line_total: Amount,
  available: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Pieces in stock; null where stock is not counted',
  }),
  short: Type.Boolean({ description: 'Fewer pieces are in stock than lie in the cart' }),
})

export const CartAnswer = Type.Object(
  {
    items: Type.Array(Item),
    totals: Type.Array(Type.Object({ total_amount: Amount, currency: Type.String() }), {
      description: 'One per currency',
    }),
    pieces: Type.Integer(),
    cart_token: Type.Union([Type.String(), Type.Null()], { description: 'A guest sends it back as X-Cart-Token' }),
  },
  { examples: [cartExample] },
)

export const Quantity = Type.Integer({ minimum: 1, maximum: mostPieces })
export const VariantParams = Type.Object({ variant_id: Type.String({ format: 'uuid' }) })
export const CartHeaders = Type.Object({
  'x-cart-token': Type.Optional(Type.String({ maxLength: 100, description: "A guest's cart_token" })),
})

/** A cart in the words of one language. */
export const present = (
  { items, totals, pieces, cart_token }: ShownCart,
  locale: Locale,
): Static<typeof CartAnswer> => ({
  items: items.map((item) => ({ ...item, title: item.title[locale] })),
  totals: totals.map(({ amount, currency }) => ({ total_amount: amount, currency })),
  pieces,
  cart_token,
})

export type HolderOf = (request: Pick<FastifyRequest, 'caller' | 'headers'>) => Promise<Holder>

/** Says whose cart a request is about. The first one after signing in brings the guest's cart along (CART-2). */
export const holderOf =
  (mergeCarts: MergeCarts): HolderOf =>
  async ({ caller, headers }) => {
    const sent = headers['x-cart-token']
    const token = typeof sent === 'string' ? sent : undefined
    if (caller.kind !== 'user') return { kind: 'guest', token }
    if (token !== undefined) await mergeCarts(caller.user_id, token)
    return { kind: 'person', user_id: caller.user_id }
  }
