import type { VNode } from 'preact'
import { lazy } from '../../router/lazy.tsx'
import { route } from '../../router/route.ts'
import { useShop } from '../../shop.ts'
import type { Texts } from '../../text/texts.ts'
import type * as pages from './pages.ts'

/** The account while its session is read. */
export function AccountSkeleton(): VNode {
  const { texts } = useShop()
  return (
    // Its own elements: those of the content would count as moved.
    <div key="skeleton" class="wrap skeleton" role="status" aria-label={texts.ui.loading}>
      <div class="page-title">
        <span class="bar tall short" />
      </div>
      <span class="bar" />
    </div>
  )
}

type Pages = typeof pages

const accountRoute = (path: string, name: keyof Pages, title: (texts: Texts) => string) =>
  route<never>({
    path,
    Page: lazy(async () => (await import('./pages.ts'))[name], AccountSkeleton),
    head: ({ shop: { facts, texts } }) => ({ title: `${title(texts)} — ${facts.name}` }),
  })

/** The pages of a signed-in reader. */
export const accountRoutes = [
  accountRoute('/account', 'OrdersPage', ({ nav }) => nav.account),
  accountRoute('/account/profile', 'ProfilePage', ({ account }) => account.profile.title),
  accountRoute('/account/access', 'AccessPage', ({ account }) => account.access.title),
  accountRoute('/account/data', 'DataPage', ({ account }) => account.records.title),
  accountRoute('/account/deleted', 'DeletedPage', ({ account }) => account.records.gone),
]
