import { quotedBuyerOf, type PromotionBuyer } from '#promotions/api'

/** The owner of a cart. A guest without a token, or with a token that opens no cart, has no cart yet. */
export type Owner =
  | Readonly<{ kind: 'user'; user_id: string; email?: string; is_verified?: boolean }>
  | Readonly<{ kind: 'guest'; token: string | undefined }>

/** The token that the response repeats, known or not, so that it does not reveal which tokens exist. */
export const tokenOf = (owner: Owner): string | null => (owner.kind === 'guest' ? (owner.token ?? null) : null)

/** The owner as promotions know buyers. */
export const buyerOf = (owner: Owner): PromotionBuyer =>
  quotedBuyerOf(owner.kind === 'user' ? owner : { user_id: null })

/** The part of a request that says whose cart it is about. */
type CartRequest = Readonly<{
  caller:
    | Readonly<{ kind: 'user'; user_id: string; email?: string; is_verified?: boolean }>
    | Readonly<{ kind: 'guest' | 'machine' }>
  headers: Readonly<Record<string, unknown>>
}>

export type OwnerOf = (request: CartRequest) => Promise<Owner>

/** Finds the owner of a request's cart. The first request after signing in merges the guest's cart (CART-2). */
export const ownerOf =
  (mergeCarts: (user_id: string, cart_token: string) => Promise<unknown>): OwnerOf =>
  async ({ caller, headers }) => {
    const header = headers['x-cart-token']
    const token = typeof header === 'string' ? header : undefined
    if (caller.kind !== 'user') return { kind: 'guest', token }
    if (token !== undefined) await mergeCarts(caller.user_id, token)
    const { user_id, email, is_verified = false } = caller
    return { kind: 'user', user_id, is_verified, ...(email !== undefined && { email }) }
  }
