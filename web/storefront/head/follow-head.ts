import type { Router } from '../router/router.ts'
import type { Shop } from '../shop.ts'

type Needs = Readonly<{ router: Router; shop: Shop; origin: string }>

/** Gives the document the title, the description and the canonical address of the page that is open. */
export function followHead({ router, shop, origin }: Needs): void {
  router.page.subscribe(() => {
    const { route, loaded, params, query, url } = router.page.get()
    const { title, description } = route.head({ shop, loaded, params, query, absolute: (path) => origin + path })
    document.title = title
    document.querySelector('meta[name="description"]')?.setAttribute('content', description ?? '')
    document.querySelector('link[rel="canonical"]')?.setAttribute('href', origin + (url.split('?')[0] ?? ''))
  })
}
