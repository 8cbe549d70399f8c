import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { useShop } from '../shop.ts'
import { Icon } from './icon.tsx'
import { Picture } from './picture.tsx'

type Found = Schemas['Suggestions']

/** One option of the list, with the page that it opens. */
type Suggestion = Readonly<{ path: string }> &
  (
    | Readonly<{ kind: 'product'; product: Found['products'][number] }>
    | Readonly<{ kind: 'category'; name: string }>
    | Readonly<{ kind: 'words'; words: string }>
  )

/** The page of the products that a search finds. */
export const searchPath = (words: string): string => `/catalog?search=${encodeURIComponent(words.trim())}`

/** Milliseconds without a key before the shop is asked. */
const pause = 180
const mostProducts = 6

/** The suggestions for `words`, after a pause of typing; undefined until the shop has answered. */
export function useSuggestions(words: string): readonly Suggestion[] | undefined {
  const [found, setFound] = useState<readonly Suggestion[]>()
  const latest = useRef('')
  useEffect(() => {
    const asked = words.trim()
    latest.current = asked
    if (asked === '') return setFound(undefined)
    const timer = setTimeout(() => {
      const query = { search: asked, limit: mostProducts }
      bodyOf(browser().api.GET('/api/v1/catalog/suggestions', { params: { query } })).then(
        (answer) => latest.current === asked && setFound(suggestionsOf(answer)),
        () => latest.current === asked && setFound(undefined),
      )
    }, pause)
    return () => clearTimeout(timer)
  }, [words])
  return found
}

const suggestionsOf = ({ products, categories, did_you_mean }: Found): readonly Suggestion[] => [
  ...products.map((product) => ({ kind: 'product', path: `/product/${product.slug}`, product }) as const),
  ...categories.map(({ slug, name }) => ({ kind: 'category', path: `/catalog/${slug}`, name }) as const),
  ...(did_you_mean === null ? [] : [{ kind: 'words', path: searchPath(did_you_mean), words: did_you_mean } as const]),
]

type Props = Readonly<{
  isOpen: boolean
  found: readonly Suggestion[] | undefined
  /** The option that Enter chooses; -1 is none. */
  at: number
  /** Called when a press follows the link of an option. */
  close: () => void
}>

/** The list of a combobox: the focus stays in its field, which names the option at the arrow keys. */
export function Suggestions({ isOpen, found = [], at, close }: Props): VNode {
  const { href, texts } = useShop()
  useEffect(() => {
    if (isOpen && at >= 0) document.getElementById(`suggestion-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [isOpen, at])
  return (
    <div class="suggestions" hidden={!isOpen} onMouseDown={(event) => event.preventDefault()}>
      {found.every(({ kind }) => kind === 'words') && <p>{texts.list.nothing}</p>}
      <div id="suggestions" role="listbox" aria-label={texts.list.suggestions}>
        {found.map((suggestion, index) => (
          // An option has no control in it: it is the link itself.
          <a
            key={suggestion.path}
            id={`suggestion-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            href={href(suggestion.path)}
            onClick={close}
          >
            <OptionContent suggestion={suggestion} />
          </a>
        ))}
      </div>
    </div>
  )
}

function OptionContent({ suggestion }: Readonly<{ suggestion: Suggestion }>): VNode {
  const { formats, texts } = useShop()
  if (suggestion.kind === 'words')
    return (
      <>
        <Icon name="search" />
        <span>
          {texts.list.didYouMean}: {suggestion.words}
        </span>
      </>
    )
  if (suggestion.kind === 'category')
    return (
      <>
        <Icon name="leaf" />
        <span>{suggestion.name}</span>
        <small>{texts.list.category}</small>
      </>
    )
  const { product } = suggestion
  return (
    <>
      <Picture product={product} size={48} />
      <span>{product.name}</span>
      {product.in_stock ? (
        <span class="price">{formats.money(product.price, product.currency)}</span>
      ) : (
        <small>{texts.product.soldOut}</small>
      )}
    </>
  )
}
