import { lazy } from '../../router/lazy.tsx'
import { route } from '../../router/route.ts'
import { AccountSkeleton } from './account-skeleton.tsx'
import type { Texts } from '../../text/texts.ts'

const readPages = () => import('./pages.ts')
type Pages = Awaited<ReturnType<typeof readPages>>

const accountRoute = (path: string, name: keyof Pages, title: (texts: Texts) => string) =>
  route<never>({
    path,
    Page: lazy(async () => (await readPages())[name], AccountSkeleton),
    head: ({ shop: { facts, texts } }) => ({ title: `${title(texts)} — ${facts.name}` }),
  })

/** The pages of a signed-in reader. */
export const accountRoutes = [
  accountRoute('/account', 'OrdersPage', ({ nav }) => nav.account),
  accountRoute('/account/profile', 'ProfilePage', ({ account }) => account.profile.title),
  accountRoute('/account/addresses', 'AddressesPage', ({ account }) => account.addresses),
  accountRoute('/account/access', 'AccessPage', ({ account }) => account.access.title),
  accountRoute('/account/data', 'DataPage', ({ account }) => account.records.title),
  accountRoute('/account/deleted', 'DeletedPage', ({ account }) => account.records.gone),
]
