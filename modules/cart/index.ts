import { sql, type Kysely } from 'kysely'
import type { CatalogApi } from '#catalog'
import type { Check, Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { addItem } from './add-item/add-item.ts'
import { addItemRoute } from './add-item/route.ts'
import type { CartApi } from './api.ts'
import { holderOf } from './cart-answer.ts'
import { linesIn } from './carts.ts'
import { changeItem } from './change-item/change-item.ts'
import { changeItemRoute } from './change-item/route.ts'
import { emptyCart } from './empty-cart/empty-cart.ts'
import { emptyCartRoute } from './empty-cart/route.ts'
import { forgetIdle } from './forget-idle/job.ts'
import { mergeCarts } from './merge-carts/merge-carts.ts'
import { mergeCartsRoute } from './merge-carts/route.ts'
import { removeItem } from './remove-item/remove-item.ts'
import { removeItemRoute } from './remove-item/route.ts'
import { showCart } from './show-cart/query.ts'
import { showCartRoute } from './show-cart/route.ts'
import type { CartTables } from './tables.ts'
import { takeOrdered } from './take-ordered/subscriber.ts'

export type { CartApi } from './api.ts'

type Needs = { db: Kysely<CartTables>; now: Clock; catalog: Pick<CatalogApi, 'offersOf'> }

/** What somebody means to buy: lines without prices, of persons and of guests. */
export function cart(needs: Needs): Module<CartApi> {
  const { db, now } = needs
  const show = showCart(needs)
  const merge = mergeCarts(needs)
  const holder = holderOf(merge)
  return {
    name: 'cart',
    description: 'What somebody means to buy; without prices, of persons and of guests.',
    api: {
      linesOf: async (user_id) =>
        (await linesIn(db, user_id)).map(({ variant_id, quantity }) => ({ variant_id, quantity })),
    },
    routes: [
      showCartRoute(show, holder),
      addItemRoute(addItem(needs), holder),
      changeItemRoute(changeItem(needs), show, holder),
      removeItemRoute(removeItem(needs), show, holder),
      emptyCartRoute(emptyCart(needs), show, holder),
      mergeCartsRoute(merge, show),
    ],
    subscriptions: [takeOrdered(now)],
    jobs: [forgetIdle(needs)],
    checks: [onlyWhatIsSold(db)],
  }
}

const onlyWhatIsSold = (db: Kysely<CartTables>): Check => ({
  name: 'cart.only-what-is-sold',
  description: 'No cart holds a variant that is switched off or gone (CAT-9)',
  violations: async () => {
    const stale = sql<{ cart_id: string; variant_id: string }>`
      select item.cart_id, item.variant_id from cart.items item
      left join catalog.variants variant on variant.id = item.variant_id
      where variant.is_active is not true limit 100
    `
    return (await stale.execute(db)).rows
  },
})
