import { useEffect } from 'preact/hooks'
import { timelineEvents } from '#ordering/timeline'

/** Milliseconds before a closed stream is opened again. */
const pause = 3000

type Following = Readonly<{
  /** Asks for the address of the stream. */
  open: () => Promise<string>
  changed: () => void
}>

/**
 * Calls `changed` when something happens to an order. The stream begins with what the page has already, so the first entries
 * cause one reading at most.
 */
export function useOrderEvents(key: string | undefined, { open, changed }: Following): void {
  useEffect(() => {
    if (key === undefined) return undefined
    let isOver = false
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = () => {
      clearTimeout(timer)
      timer = setTimeout(changed, 120)
    }
    const start = async () => {
      const url = await open()
      if (isOver) return
      source = follow(url, later)
      source.addEventListener('error', () => {
        if (source?.readyState === EventSource.CLOSED) again()
      })
    }
    const again = () => {
      if (!isOver) timer = setTimeout(() => void start().catch(again), pause)
    }
    void start().catch(again)
    return () => {
      isOver = true
      clearTimeout(timer)
      source?.close()
    }
  }, [key, changed])
}

/** Opens a stream; `changed` is called for each event: `EventSource` gives each name of an event to its own listener. */
function follow(url: string, changed: () => void): EventSource {
  const source = new EventSource(url)
  for (const name of timelineEvents) source.addEventListener(name, changed)
  return source
}
