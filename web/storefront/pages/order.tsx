import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { dropOrderLink, linkedOrder, orderLinks, ownOrder, saveOrderLink, type OrderAccess } from '../order-access.ts'
import { useResource } from '../parts/resource.ts'
import { Sums } from '../parts/sums.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { useOrderEvents } from '../parts/order-events.ts'
import type { PageProps } from '../router/route.ts'
import { sessionStore } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { FailedPage } from './failed.tsx'
import { missingPage } from './missing.tsx'
import { OrderActions } from './order-actions.tsx'
import { isOpen, NextStep } from './order-next.tsx'
import { OrderReturns } from './order-returns.tsx'
import { OrderSkeleton } from './purchase-skeletons.tsx'
import { lineOf } from './saved-address.ts'

type Order = Schemas['Order']

/** The order of an account, or of a guest who has placed it in this browser. */
export function OrderPage({ params, query }: PageProps<never>): VNode {
  const { href, texts } = useShop()
  const session = useStore(sessionStore)
  const links = useStore(orderLinks)
  const id = params['id'] ?? ''
  const token = links[id]
  if (session === null && token === undefined)
    return (
      <div class="wrap notice">
        <h1>{texts.account.signIn}</h1>
        <a class="button" href={href(`/sign-in?next=/orders/${id}`)}>
          {texts.account.signInButton}
        </a>
      </div>
    )
  if (token === undefined && !session) return <OrderSkeleton />
  return (
    <OrderOf
      // Without its link an order is read as the one of the account.
      key={token}
      access={() => (token === undefined ? ownOrder(browser().api, id) : linkedOrder(browser().api, token))}
      params={params}
      query={query}
      {...(token !== undefined && { missing: () => dropOrderLink(id) })}
    />
  )
}

/** The order of a private link. The page of a payment leads back to the id of the order, which needs the link then. */
export const LinkedOrderPage = ({ params, query }: PageProps<never>): VNode => (
  <OrderOf access={() => linkedOrder(browser().api, params['token'] ?? '')} params={params} query={query} />
)

type Shown = Omit<PageProps<never>, 'loaded'> &
  Readonly<{
    access: () => OrderAccess
    /** Called when the order is not there. */
    missing?: () => void
  }>

function OrderOf({ access, params, query, missing }: Shown): VNode {
  const key = params['id'] ?? params['token'] ?? ''
  const { resource, reload } = useResource(() => access().read(), key)
  const order = resource.kind === 'ready' ? resource.content : undefined
  useOrderEvents(order && isOpen(order) ? key : undefined, { open: () => access().streamUrl(), changed: reload })
  const isMissing = resource.kind === 'failed' && resource.failure.status === 404
  useEffect(() => {
    if (isMissing) missing?.()
  }, [isMissing])
  const token = params['token']
  useEffect(() => {
    if (order && token !== undefined) saveOrderLink(order.id, token)
  }, [order?.id, token])
  if (isMissing && missing) return <OrderSkeleton />
  if (resource.kind === 'failed') {
    const { Page } = missingPage
    if (resource.failure.status === 404) return <Page loaded={undefined} params={params} query={query} />
    return <FailedPage failure={resource.failure} again={reload} />
  }
  return order ? <ShownOrder order={order} access={access} reload={reload} /> : <OrderSkeleton />
}

/** Cash is paid at the end: its start means nothing to the buyer. */
const entriesOf = ({ timeline, payment_method }: Order) =>
  timeline.filter(({ event }) => payment_method === 'online' || event !== 'payment-started')

type OrderProps = Readonly<{ order: Order; access: () => OrderAccess; reload: () => void }>

function ShownOrder({ order, access, reload }: OrderProps): VNode {
  const { formats, texts } = useShop()
  return (
    <div class="wrap">
      <header class="page-title">
        <h1>{texts.order.title(order.number)}</h1>
        <p class="hint">{texts.order.placed(formats.time(order.created_at))}</p>
      </header>
      <div class="columns order">
        <NextStep order={order} access={access} />
        <aside class="sheet aside" aria-label={texts.order.details}>
          <OrderLines order={order} />
          <Details order={order} />
          <OrderActions order={order} access={access} reload={reload} />
        </aside>
        {/* The last one on a narrow screen: it grows while the page is open. */}
        <section class="section" aria-labelledby="timeline">
          <h2 id="timeline">{texts.order.timeline}</h2>
          <Timeline entries={entriesOf(order)} isLive={isOpen(order)} currency={order.currency} />
        </section>
        {order.status === 'fulfilled' && <OrderReturns order={order} access={access} reload={reload} />}
      </div>
    </div>
  )
}

function OrderLines({ order }: Readonly<{ order: Order }>): VNode {
  const { formats, href } = useShop()
  return (
    <>
      <ul class="lines">
        {order.items.map(({ product_id, title, quantity, price }, i) => (
          <li key={i}>
            <span>
              {order.status === 'fulfilled' ? <a href={href(`/product/${product_id}`)}>{title}</a> : title}
              {quantity > 1 && ` × ${quantity}`}
            </span>
            <span class="sum">{formats.money(price * quantity, order.currency)}</span>
          </li>
        ))}
      </ul>
      <Sums
        currency={order.currency}
        items={order.items_amount}
        discounts={order.discounts}
        delivery={order.delivery_fee > 0 ? order.delivery_fee : undefined}
        total={order.total_amount}
      />
    </>
  )
}

function Details({ order }: Readonly<{ order: Order }>): VNode {
  const { texts } = useShop()
  const { delivery_address: address, delivery_method, payment_method, recipient_name, recipient_phone, comment } = order
  const addressText = address === null || typeof address === 'string' ? address : lineOf(address)
  const rows = [
    [texts.checkout.delivery, [texts.checkout.methods[delivery_method], addressText].filter(Boolean).join(': ')],
    [texts.checkout.payment, texts.checkout.payments[payment_method]],
    [texts.checkout.recipient, [recipient_name, recipient_phone].filter(Boolean).join(', ')],
    [texts.checkout.comment, comment],
  ] as const
  return (
    <dl class="details">
      {rows
        .filter(([, value]) => Boolean(value))
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
