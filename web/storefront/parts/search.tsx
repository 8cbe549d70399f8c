import type { TargetedKeyboardEvent, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import { searchPath, Suggestions, useSuggestions } from './suggestions.tsx'

/**
 * The search of the shop with suggestions as one types: a combobox with a list, as WAI-ARIA describes it. Without JavaScript
 * it is a plain form.
 */
export function Search(): VNode {
  const { href, texts } = useShop()
  const router = useRouter()
  const { words, found, at, isOpen, type, open, close, onKeyDown } = useCombobox(useStore(router.page).query)
  const count = found?.length ?? 0
  const onSubmit = (event: Event) => {
    event.preventDefault()
    close()
    router.go(href((isOpen ? found?.[at]?.path : undefined) ?? searchPath(words)))
  }
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
          aria-autocomplete="list"
          aria-expanded={isOpen && count > 0}
          aria-controls="suggestions"
          aria-activedescendant={isOpen && at >= 0 ? `suggestion-${at}` : undefined}
          autocomplete="off"
          onInput={({ currentTarget }) => type(currentTarget.value)}
          onFocus={open}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="unseen">
          {texts.list.searchButton}
        </button>
      </form>
      <p class="unseen" role="status">
        {isOpen && (count > 0 ? texts.list.suggested(count) : texts.list.nothing)}
      </p>
      <Suggestions isOpen={isOpen} found={found} at={at} close={close} />
    </search>
  )
}

/** The words in the field, the suggestions for them, and the one at the arrow keys: -1 is the field itself. */
function useCombobox(query: URLSearchParams) {
  const [words, setWords] = useState(query.get('search') ?? '')
  const [isActive, setActive] = useState(false)
  const [at, setAt] = useState(-1)
  const found = useSuggestions(isActive ? words : '')
  const isOpen = isActive && found !== undefined && words.trim() !== ''
  useEffect(() => {
    setWords(query.get('search') ?? '')
    setActive(false)
  }, [query])
  // Another list has another option in each place.
  useEffect(() => setAt(-1), [found])
  const move = (step: 1 | -1) => {
    setActive(true)
    const places = (found?.length ?? 0) + 1
    if (isOpen) setAt(((at + 1 + step + places) % places) - 1)
  }
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const isEscape = event.key === 'Escape' && isOpen
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : undefined
    if (!isEscape && step === undefined) return
    // The browser would empty the field, or move the caret.
    event.preventDefault()
    if (step === undefined) setActive(false)
    else move(step)
  }
  const type = (text: string) => {
    setWords(text)
    setAt(-1)
    setActive(true)
  }
  return { words, found, at, isOpen, type, open: () => setActive(true), close: () => setActive(false), onKeyDown }
}
