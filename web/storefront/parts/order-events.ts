import { useEffect } from 'preact/hooks'

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

/** The events of an order have many names, and `EventSource` gives each name to its own listener. */
export const eventNames = [
  'order-created',
  'payment-started',
  'order-processing',
  'payment-processing',
  'payment-declined',
  'payment-completed',
  'order-paid',
  'shipment-created',
  'order-shipping',
  'shipment-status-changed',
  'order-fulfilled',
  'hold-expired',
  'hold-lost',
  'cancellation-requested',
  'shipment-cancellation-refused',
  'payment-cancelled',
  'payment-refunded',
  'payment-partially-refunded',
  'payment-refund-refused',
  'order-cancelled',
  'staff-cancelled',
  'staff-shipped',
  'staff-fulfilled',
]

/** Opens a stream; `changed` is called for each event. */
function follow(url: string, changed: () => void): EventSource {
  const source = new EventSource(url)
  for (const name of eventNames) source.addEventListener(name, changed)
  return source
}
