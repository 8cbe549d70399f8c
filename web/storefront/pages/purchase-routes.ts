import type { ComponentType } from 'preact'
import { bodyOf } from '../api/client.ts'
import { lazy } from '../router/lazy.tsx'
import { route, type PageProps } from '../router/route.ts'
import type { CheckoutContent } from './checkout-form.tsx'
import { CheckoutPageSkeleton, OrderSkeleton, TrackSkeleton } from './purchase-skeletons.tsx'

/** Reads the program of the pages from the checkout on; the second time it is known. */
export const readPurchase = () => import('./purchase-pages.ts')

type Pages = Awaited<ReturnType<typeof readPurchase>>

const readPage =
  <Name extends keyof Pages>(name: Name) =>
  async (): Promise<Pages[Name]> =>
    (await readPurchase())[name]

/** A checkout that does not know the pickup points or the zones still takes orders by courier. */
const itemsOf = <Item>(answering: Promise<{ items: Item[] }>): Promise<readonly Item[]> =>
  answering.then(
    ({ items }) => items,
    () => [],
  )

const checkoutPage = route<CheckoutContent>({
  path: '/checkout',
  load: async ({ api }) => {
    const [points, zones] = await Promise.all([
      itemsOf(bodyOf(api.GET('/api/v1/delivery/pickup-points'))),
      itemsOf(bodyOf(api.GET('/api/v1/delivery/zones'))),
    ])
    return { points, zones }
  },
  Page: lazy(readPage('CheckoutPage'), CheckoutPageSkeleton),
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.checkout.title} — ${facts.name}` }),
})

const orderRoute = (path: string, read: () => Promise<ComponentType<PageProps<never>>>) =>
  route<never>({
    path,
    parameters: ['placed'],
    Page: lazy(read, OrderSkeleton),
    head: ({ shop: { facts, texts } }) => ({ title: `${texts.account.orders} — ${facts.name}` }),
  })

const trackPage = route<never>({
  path: '/track/:token',
  Page: lazy(readPage('TrackPage'), TrackSkeleton),
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.track.title} — ${facts.name}` }),
})

/** The pages from the checkout to the parcel. */
export const purchaseRoutes = [
  checkoutPage,
  orderRoute('/orders/by-link/:token', readPage('LinkedOrderPage')),
  orderRoute('/orders/:id', readPage('OrderPage')),
  trackPage,
]
