import type { OrderingApi } from '#ordering'
import type { PromotionsApi } from '../api.ts'
import type { ActivePromotions } from '../store/active-promotions.ts'

type Needs = Readonly<{ active: ActivePromotions; ordering: Pick<OrderingApi, 'hasOrdered'> }>

/**
 * Asks ordering only while a promotion for first orders exists. A guest without an e-mail counts as new. A verified account
 * has ordered what it ordered itself: others can type its e-mail.
 */
export const findBuyerFacts =
  ({ active, ordering }: Needs): PromotionsApi['factsOf'] =>
  async ({ user_id, email, is_verified }) => {
    const { hasFirstOrder } = await active.list()
    if (!hasFirstOrder || (user_id === null && email === null)) return { isFirstOrder: true }
    return { isFirstOrder: !(await ordering.hasOrdered({ user_id, email: is_verified ? null : email })) }
  }
