import { useCallback, useEffect, useState } from 'preact/hooks'
import { failureOf, type Failure } from '../api/failure.ts'

/** Content that a page reads in the browser. */
type Resource<Content> =
  | Readonly<{ kind: 'loading' }>
  | Readonly<{ kind: 'ready'; content: Content }>
  | Readonly<{ kind: 'failed'; failure: Failure }>

type Loading<Content> = Readonly<{
  resource: Resource<Content>
  /** Reads again; the old content stays until then. */
  reload: () => void
  replace: (content: Content) => void
}>

/** Reads content after the page is shown, and again when `key` changes. With `load` undefined it waits. */
export function useResource<Content>(load: (() => Promise<Content>) | undefined, key: string): Loading<Content> {
  const [resource, setResource] = useState<Resource<Content>>({ kind: 'loading' })
  const [turn, setTurn] = useState(0)
  const isWaiting = load === undefined
  useEffect(() => {
    if (!load) return undefined
    let isOver = false
    load().then(
      (content) => !isOver && setResource({ kind: 'ready', content }),
      (error: unknown) => !isOver && setResource({ kind: 'failed', failure: failureOf(error) }),
    )
    return () => {
      isOver = true
    }
    // The key stands for the function, which is another one at each rendering.
  }, [key, turn, isWaiting])
  const reload = useCallback(() => setTurn((value) => value + 1), [])
  const replace = useCallback((content: Content) => setResource({ kind: 'ready', content }), [])
  return { resource, reload, replace }
}
