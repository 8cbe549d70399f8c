import type { VNode } from 'preact'
import { route } from '../router/route.ts'
import { useShop } from '../shop.ts'

function MissingPage(): VNode {
  const { href, texts } = useShop()
  return (
    <div class="wrap notice">
      <img src="/shop-art/missing.svg" alt="" width="240" height="180" />
      <h1>{texts.missing.title}</h1>
      <p>{texts.missing.hint}</p>
      <a class="button" href={href('/catalog')}>
        {texts.missing.back}
      </a>
    </div>
  )
}

/** The page of every address that the shop does not have. */
export const missingPage = route({
  path: '/missing',
  Page: MissingPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.missing.title} — ${facts.name}` }),
})
