import { bodyOf, type Api } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { reasonOf } from '../api/reason-of.ts'
import type { Host } from '../host/host.ts'
import { say } from '../parts/messages.tsx'
import type { Texts } from '../text/texts.ts'
import { cartStore, saveCart, saveCartToken, watchCart, type Cart } from './cart-store.ts'
import { orderedCart, withAdded, withQuantity, type CartProduct } from './change-cart.ts'

/** The actions of a reader on her cart. Each shows its effect at once; the shop confirms or corrects it. */
export type CartActions = Readonly<{
  /** Reads the cart again. */
  refresh: () => void
  /** Shows the cart without the lines that an order has taken; the shop removes them a moment later. */
  ordered: () => void
  add: (product: CartProduct, quantity: number) => void
  change: (variant_id: string, quantity: number) => void
  /** Removes a line; the message about it offers to put it back. */
  remove: (variant_id: string) => void
  /** Uses the coupon of this code. Throws a `Failure` when the shop knows none. */
  applyCoupon: (code: string) => Promise<void>
  removeCoupon: () => void
  /** Resolves with the confirmed cart once every change is answered. */
  settled: () => Promise<Cart>
}>

type Needs = Readonly<{
  api: Api
  host: Host
  texts: Texts
  /** Repeats an order whose answer was lost. True when the order has taken the cart: `ordered` is called then. */
  settleOrder: () => Promise<boolean>
}>

/** Opens the actions on the cart of a browser. */
export function openCart({ api, host, texts, settleOrder }: Needs): CartActions {
  const read = async () => {
    const isOrdered = await settleOrder()
    const { view } = cartStore.get()
    if (isOrdered && view) return view
    return await bodyOf(api.GET('/api/v1/cart'))
  }
  const queue = openQueue(read, (error) => {
    host.haptic('error')
    say(reasonOf(failureOf(error), texts))
  })
  const show = (view: Cart) => cartStore.set({ view })
  const change = (variant_id: string, quantity: number) => {
    show(withQuantity(cartStore.get().view, variant_id, quantity))
    const params = { path: { variant_id } }
    queue.send(() => bodyOf(api.PATCH('/api/v1/cart/items/{variant_id}', { params, body: { quantity } })))
  }
  const add = (product: CartProduct, quantity: number) => {
    show(withAdded(cartStore.get().view, product, quantity))
    host.haptic('success')
    say(`${texts.product.added}: ${product.title}`)
    const header = { 'Idempotency-Key': crypto.randomUUID() }
    const body = { variant_id: product.variant_id, quantity }
    queue.send(() => bodyOf(api.POST('/api/v1/cart/items', { params: { header }, body })))
  }
  const remove = (variant_id: string) => {
    const item = cartStore.get().view?.items.find((each) => each.variant_id === variant_id)
    show(withQuantity(cartStore.get().view, variant_id, 0))
    queue.send(() => bodyOf(api.DELETE('/api/v1/cart/items/{variant_id}', { params: { path: { variant_id } } })))
    if (!item) return
    const putBack = () => add({ ...item, stock_quantity: item.available }, item.quantity)
    say(texts.cart.removed(item.title), { label: texts.cart.putBack, run: putBack })
  }
  const applyCoupon = async (code: string) => {
    await queue.settled()
    saveCart(await bodyOf(api.PUT('/api/v1/cart/coupon', { body: { code } })))
  }
  const removeCoupon = () => queue.send(() => bodyOf(api.DELETE('/api/v1/cart/coupon')))
  watchCart()
  return {
    refresh: () => queue.send(read),
    ordered: () => {
      const { view } = cartStore.get()
      if (view) saveCart({ ...view, ...orderedCart })
    },
    add,
    change,
    remove,
    applyCoupon,
    removeCoupon,
    settled: () => queue.settled(),
  }
}

/** Sends changes one after another. Only the answer to the last one is shown, so that quick presses do not flicker. */
function openQueue(read: () => Promise<Cart>, onError: (error: unknown) => void) {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const send = (request: () => Promise<Cart>): void => {
    waiting++
    last = last.then(async () => {
      const answer = await request().catch(async (error: unknown) => {
        onError(error)
        return request === read ? undefined : await read().catch(() => undefined)
      })
      waiting--
      // The next request needs the token of a new cart, also when a later answer is the one to show.
      if (answer) saveCartToken(answer)
      if (answer && waiting === 0) saveCart(answer)
    })
  }
  const settled = async (): Promise<Cart> => {
    await last
    const cart = await read()
    saveCart(cart)
    return cart
  }
  return { send, settled }
}
