import type { Bug } from '../bug.ts'

const cart = (file: string) => `modules/cart/${file}`

export const cartBugs: readonly Bug[] = [
  {
    description: 'a cart takes a hundred and first line',
    requirement: 'CART-1',
    file: cart('cart.ts'),
    text: '!existing && lines.length >= maxLines',
    replacement: '!existing && lines.length > maxLines',
    caughtBy: cart('cart.test.ts'),
  },
  {
    description: "every request merges a guest's cart again",
    requirement: 'CART-2',
    file: cart('merge-carts/merge-carts.ts'),
    text: "      await tx.deleteFrom('cart.carts').where('id', '=', guest_id).execute()\n",
    replacement: '',
    caughtBy: cart('merge-carts/merge-carts.test.ts'),
  },
  {
    description: 'a line whose pieces were all ordered stays with zero pieces',
    requirement: 'CART-5',
    file: cart('remove-ordered-items/remove-ordered-items.ts'),
    text: 'item.quantity <= ordered.quantity',
    replacement: 'item.quantity < ordered.quantity',
    caughtBy: cart('remove-ordered-items/remove-ordered-items.test.ts'),
  },
  {
    description: 'an order that is published twice removes its items twice',
    requirement: 'CART-5',
    file: cart('remove-ordered-items/remove-ordered-items.ts'),
    text: 'on conflict do nothing returning 1',
    replacement: 'on conflict (order_id) do update set processed_at = excluded.processed_at returning 1',
    caughtBy: cart('remove-ordered-items/remove-ordered-items.test.ts'),
  },
  {
    description: 'a guest who sends an invented token gets a cart with that token',
    requirement: 'CART-2',
    file: cart('store.ts'),
    text: "owner.kind === 'guest' ? newToken() : null",
    replacement: "owner.kind === 'guest' ? (owner.token ?? newToken()) : null",
    caughtBy: cart('add-item/add-item.test.ts'),
  },
  {
    description: 'an order leaves out the items that its buyer chose before signing in',
    requirement: 'CART-2',
    file: 'modules/cart/index.ts',
    text: 'if (cart_token !== undefined) await merge(user_id, cart_token)',
    replacement: '',
    caughtBy: 'modules/cart/merge-carts/merge-carts.test.ts',
  },
]
