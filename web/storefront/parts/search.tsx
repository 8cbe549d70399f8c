import type { TargetedKeyboardEvent, VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import { Picture } from './picture.tsx'

type List = Schemas['ProductList']

/** Milliseconds without a key before the shop is asked. */
const pause = 180
const shown = 6

/** The search of the shop with suggestions as one types. Without JavaScript it is a plain form. */
export function Search(): VNode {
  const { href, texts } = useShop()
  const router = useRouter()
  const { query } = useStore(router.page)
  const [words, setWords] = useState(query.get('search') ?? '')
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const found = useSuggestions(isOpen ? words : '')
  useEffect(() => setWords(query.get('search') ?? ''), [query])
  const items = found?.items ?? []
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') setOpen(false)
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && items.length > 0) {
      event.preventDefault()
      setAt((at + step + items.length + 1) % (items.length + 1))
    }
  }
  const onSubmit = (event: Event) => {
    event.preventDefault()
    setOpen(false)
    const chosen = items[at]
    router.go(href(chosen ? `/product/${chosen.slug}` : `/catalog?search=${encodeURIComponent(words.trim())}`))
  }
  const hasList = isOpen && found !== undefined && words.trim() !== ''
  return (
    <search class="search">
      <form action={href('/catalog')} role="search" onSubmit={onSubmit}>
        <Icon name="search" />
        <input
          type="search"
          name="search"
          value={words}
          maxLength={200}
          placeholder={texts.list.search}
          aria-label={texts.list.search}
          role="combobox"
          list={undefined}
          aria-expanded={hasList}
          aria-controls="suggestions"
          aria-activedescendant={hasList && items[at] ? `suggestion-${at}` : undefined}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            setWords(currentTarget.value)
            setAt(-1)
            setOpen(true)
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setTimeout(() => setOpen(false), pause)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="unseen">
          {texts.list.searchButton}
        </button>
      </form>
      <Suggestions isOpen={hasList} found={found} at={at} choose={setWords} />
    </search>
  )
}

/** The products that match `words`, after a pause of typing. */
function useSuggestions(words: string): List | undefined {
  const [found, setFound] = useState<List>()
  const latest = useRef('')
  useEffect(() => {
    const asked = words.trim()
    latest.current = asked
    if (asked === '') return setFound(undefined)
    const timer = setTimeout(() => {
      const query = { search: asked, page_size: shown }
      bodyOf(browser().api.GET('/api/v1/catalog/products', { params: { query } })).then(
        (list) => latest.current === asked && setFound(list),
        () => setFound(undefined),
      )
    }, pause)
    return () => clearTimeout(timer)
  }, [words])
  return found
}

type Props = Readonly<{ isOpen: boolean; found: List | undefined; at: number; choose: (words: string) => void }>

function Suggestions({ isOpen, found, at, choose }: Props): VNode {
  const { formats, href, texts } = useShop()
  const { did_you_mean: other } = found ?? {}
  return (
    <div class="suggestions" hidden={!isOpen}>
      {found && found.items.length === 0 && (
        <p>
          {texts.list.nothing}.{' '}
          {other && (
            <button type="button" class="link" onMouseDown={() => choose(other)}>
              {texts.list.didYouMean}: {other}
            </button>
          )}
        </p>
      )}
      <ul id="suggestions" role="listbox" aria-label={texts.list.suggestions}>
        {found?.items.map((product, index) => (
          <li key={product.id} id={`suggestion-${index}`} role="option" aria-selected={index === at}>
            <a href={href(`/product/${product.slug}`)} tabIndex={-1}>
              <Picture product={product} size={48} />
              <span>{product.name}</span>
              <span class="price">{formats.money(product.price, product.currency)}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}
