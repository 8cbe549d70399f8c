import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../../api/client.ts'
import { reasonOf } from '../../api/reason-of.ts'
import { browser } from '../../browser.ts'
import { useResource } from '../../parts/resource.ts'
import { useShop } from '../../shop.ts'
import { statusOf } from '../order-next.tsx'
import { AccountFrame } from './account-frame.tsx'

export function OrdersPage(): VNode {
  const { texts } = useShop()
  return (
    <AccountFrame path="/account" title={({ user }) => texts.account.hello(user.name)}>
      {() => <Orders />}
    </AccountFrame>
  )
}

type OrderSummary = Schemas['OrderSummary']

function Orders(): VNode {
  const { href, texts } = useShop()
  const [pages, setPages] = useState(1)
  const read = () => bodyOf(browser().api.GET('/api/v1/orders', { params: { query: { page_size: 10 * pages } } }))
  const { resource } = useResource(read, String(pages))
  const list = resource.kind === 'ready' ? resource.content : undefined
  return (
    <section class="section" aria-labelledby="orders">
      <h2 id="orders">{texts.account.orders}</h2>
      {resource.kind === 'loading' && <p role="status">{texts.ui.loading}</p>}
      {resource.kind === 'failed' && <p class="alert">{reasonOf(resource.failure, texts)}</p>}
      {list?.items.length === 0 && (
        <div class="empty">
          <h3>{texts.account.noOrders}</h3>
          <p>{texts.account.noOrdersHint}</p>
          <a class="button" href={href('/catalog')}>
            {texts.cart.browse}
          </a>
        </div>
      )}
      <ul>
        {list?.items.map((order) => (
          <OrderLine key={order.id} order={order} />
        ))}
      </ul>
      {list && list.total > list.items.length && pages < 10 && (
        <button type="button" class="button quiet" onClick={() => setPages(pages + 1)}>
          {texts.account.moreOrders}
        </button>
      )}
    </section>
  )
}

function OrderLine({ order }: Readonly<{ order: OrderSummary }>): VNode {
  const { formats, href, texts } = useShop()
  const { id, number, status, items, total_amount, currency, created_at } = order
  return (
    <li class="order-card">
      <a href={href(`/orders/${id}`)}>{texts.order.title(number)}</a>
      <b>{formats.money(total_amount, currency)}</b>
      <p>
        {formats.date(created_at)} · {items.map(({ title }) => title).join(', ')}
      </p>
      <span class={status === 'cancelled' ? 'badge cancelled' : 'badge'}>{statusOf(order, texts)}</span>
    </li>
  )
}
