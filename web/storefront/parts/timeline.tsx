import type { VNode } from 'preact'
import { useShop } from '../shop.ts'
import type { Texts } from '../text/texts.ts'

type Entry = Readonly<{ at: string; event: string; shipment_status?: string | null }>

/** The events of an order that concern its buyer, the newest last. */
export function Timeline({ entries, isLive }: Readonly<{ entries: readonly Entry[]; isLive: boolean }>): VNode {
  const { formats, texts } = useShop()
  const shown = entries.flatMap((entry) => {
    const text = textOf(entry, texts)
    return text === undefined ? [] : [{ at: entry.at, text }]
  })
  const distinct = shown.filter(({ text }, at) => text !== shown[at - 1]?.text)
  return (
    <ol class="timeline" aria-live={isLive ? 'polite' : 'off'}>
      {distinct.map(({ at, text }) => (
        <li key={`${at}${text}`}>
          <span>{text}</span>
          <time dateTime={at}>{formats.time(at)}</time>
        </li>
      ))}
    </ol>
  )
}

/** A newer server may write entries that this page has no words for. */
const textOf = ({ event, shipment_status }: Entry, { order }: Texts): string | undefined => {
  if (event === 'shipment-status-changed' && shipment_status) return order.shipments[shipment_status]
  const words: Readonly<Record<string, string>> = order.events
  return words[event]
}
