import type { ComponentChildren, VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { browser } from '../../browser.ts'
import { useRouter } from '../../router/router.ts'
import { sessionStore, type Session } from '../../session/session-store.ts'
import { useShop } from '../../shop.ts'
import { useStore } from '../../store.ts'
import { AccountSkeleton } from './account-skeleton.tsx'

/** The pages of the account. */
const pages = ['/account', '/account/profile', '/account/addresses', '/account/access', '/account/data'] as const
type AccountPath = (typeof pages)[number]

type Props = Readonly<{
  path: AccountPath
  title: (session: Session) => string
  children: (session: Session) => ComponentChildren
}>

/** A page of the account with the links to the others. A guest signs in first, and comes back. */
export function AccountFrame({ path, title, children }: Props): VNode {
  const { href } = useShop()
  const router = useRouter()
  const session = useStore(sessionStore)
  useEffect(() => {
    const next = path === '/account' ? '' : `?next=${encodeURIComponent(path)}`
    if (session === null) router.go(href(`/sign-in${next}`), { replace: true })
  }, [session === null])
  if (!session) return <AccountSkeleton />
  return (
    <div key="content" class="wrap">
      <h1 class="page-title">{title(session)}</h1>
      <div class="account">
        <AccountLinks path={path} />
        <div class="account-content">{children(session)}</div>
      </div>
    </div>
  )
}

function AccountLinks({ path }: Readonly<{ path: AccountPath }>): VNode {
  const { href, texts } = useShop()
  const { orders, profile, addresses, access, records, sections, signOut } = texts.account
  const names: Readonly<Record<AccountPath, string>> = {
    '/account': orders,
    '/account/profile': profile.title,
    '/account/addresses': addresses,
    '/account/access': access.title,
    '/account/data': records.title,
  }
  return (
    <nav class="account-links" aria-label={sections}>
      <ul>
        {pages.map((each) => (
          <li key={each}>
            <a href={href(each)} aria-current={each === path ? 'page' : undefined}>
              {names[each]}
            </a>
          </li>
        ))}
        <li>
          <button type="button" onClick={() => void browser().session.signOut()}>
            {signOut}
          </button>
        </li>
      </ul>
    </nav>
  )
}
