import type { VNode } from 'preact'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'

type Props = Readonly<{ page: number; pages: number; searchOf: (page: number) => string }>

/** Links to the pages beside the present one. */
export function Pages({ page, pages, searchOf }: Props): VNode | null {
  const { texts } = useShop()
  const { url } = useStore(useRouter().page)
  if (pages < 2) return null
  const path = url.split('?')[0] ?? ''
  return (
    <nav class="pages" aria-label={texts.list.pages}>
      {page > 1 && (
        <a class="button quiet" rel="prev" href={`${path}${searchOf(page - 1)}`}>
          {texts.list.previous}
        </a>
      )}
      <span>{texts.list.page(page, pages)}</span>
      {page < pages && (
        <a class="button quiet" rel="next" href={`${path}${searchOf(page + 1)}`}>
          {texts.list.next}
        </a>
      )}
    </nav>
  )
}
