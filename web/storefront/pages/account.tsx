import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { browser } from '../browser.ts'
import { say } from '../parts/messages.tsx'
import { useResource } from '../parts/resource.ts'
import { route } from '../router/route.ts'
import { useRouter } from '../router/router.ts'
import { sessionStore, type Session } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { Sessions } from './account-sessions.tsx'
import { statusOf } from './order-next.tsx'

function AccountPage(): VNode {
  const { href, texts } = useShop()
  const router = useRouter()
  const session = useStore(sessionStore)
  useEffect(() => {
    if (session === null) router.go(href('/sign-in'), { replace: true })
  }, [session === null])
  if (!session)
    return (
      <div class="wrap skeleton" role="status" aria-label={texts.ui.loading}>
        <div class="page-title">
          <span class="bar tall short" />
        </div>
        <span class="bar" />
      </div>
    )
  return (
    <div class="wrap">
      <h1 class="page-title">{texts.account.hello(session.user.name)}</h1>
      <div class="columns">
        <Orders />
        <div>
          <Profile session={session} />
          <Sessions />
        </div>
      </div>
    </div>
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
      {resource.kind === 'failed' && <p class="alert">{resource.failure.message || texts.failed.title}</p>}
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

function Profile({ session: { user } }: Readonly<{ session: Session }>): VNode {
  const { texts } = useShop()
  const [name, setName] = useState(user.name)
  const save = async () => {
    try {
      const changed = await bodyOf(browser().api.PATCH('/api/v1/auth/me', { body: { name: name.trim() } }))
      browser().session.changed(changed)
      say(texts.account.saved)
    } catch (error) {
      say(failureOf(error).message || texts.failed.title)
    }
  }
  return (
    <section class="section sheet" aria-labelledby="profile">
      <h2 id="profile">{texts.account.profile}</h2>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <label class="field">
          <span>{texts.account.name}</span>
          <input
            type="text"
            name="name"
            autocomplete="name"
            maxLength={100}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <p class="hint">{user.email}</p>
        <button type="submit" class="button quiet">
          {texts.account.save}
        </button>
      </form>
    </section>
  )
}

export const accountPage = route<never>({
  path: '/account',
  Page: AccountPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.nav.account} — ${facts.name}` }),
})
