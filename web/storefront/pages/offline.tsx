import type { VNode } from 'preact'
import { Failure } from '../api/failure.ts'
import { route } from '../router/route.ts'
import { useRouter } from '../router/router.ts'
import { FailedPage } from './failed.tsx'

/** The same elements as those of a page that failed: in the browser the document is that of another address. */
function OfflinePage(): VNode {
  const { reload } = useRouter()
  return <FailedPage failure={Failure.ofNetwork()} again={reload} />
}

/** The page that the service worker shows without a network. */
export const offlinePage = route({
  path: '/offline',
  Page: OfflinePage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.failed.offlineTitle} — ${facts.name}` }),
})
