import type { VNode } from 'preact'
import { FailedPage } from './pages/failed.tsx'
import { missingPage } from './routes.ts'
import { Footer } from './parts/footer.tsx'
import { Header } from './parts/header.tsx'
import { Messages } from './parts/messages.tsx'
import { RouterContext, type Router } from './router/router.ts'
import { ShopContext, type Shop } from './shop.ts'
import { useStore } from './store.ts'

/** The storefront: header, one page, footer. The server and the browser render the same. */
export const App = ({ shop, router }: Readonly<{ shop: Shop; router: Router }>): VNode => (
  <ShopContext.Provider value={shop}>
    <RouterContext.Provider value={router}>
      <a class="skip" href="#content">
        {shop.texts.nav.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <CurrentPage router={router} />
      </main>
      <Footer />
      <Messages />
    </RouterContext.Provider>
  </ShopContext.Provider>
)

function CurrentPage({ router }: Readonly<{ router: Router }>): VNode {
  const { route, params, query, loaded, failure, url } = useStore(router.page)
  if (failure && failure.status !== 404) return <FailedPage failure={failure} again={router.reload} />
  const { Page } = failure ? missingPage : route
  return <Page key={url.split('?')[0]} loaded={loaded} params={params} query={query} />
}
