import type { VNode } from 'preact'
import { useShop } from '../shop.ts'
import type { Formats } from '../formats.ts'
import type { Texts } from '../text/texts.ts'

type Entry = Readonly<{ at: string; event: string; shipment_status?: string | null; amount?: number | null }>

type TimelineProps = Readonly<{
  entries: readonly Entry[]
  isLive: boolean
  /** Of the amounts of refunds. */
  currency?: string
}>

/** The events of an order that concern its buyer, the newest last. */
export function Timeline({ entries, isLive, currency }: TimelineProps): VNode {
  const { formats, texts } = useShop()
  const shown = entries.flatMap((entry) => {
    const text = textOf(entry, texts)
    return text === undefined ? [] : [{ at: entry.at, text, sum: sumOf(entry, { currency, formats }) }]
  })
  // Two refunds of one sum are two entries.
  const distinct = shown.filter(({ text, sum }, at) => sum !== '' || text !== shown[at - 1]?.text)
  return (
    <ol class="timeline" aria-live={isLive ? 'polite' : 'off'}>
      {distinct.map(({ at, text, sum }) => (
        <li key={`${at}${text}`}>
          <span>
            {text}
            {sum}
          </span>
          <time dateTime={at}>{formats.time(at)}</time>
        </li>
      ))}
    </ol>
  )
}

type Money = Readonly<{ currency: string | undefined; formats: Formats }>

const sumOf = ({ amount }: Entry, { currency, formats }: Money): string =>
  typeof amount === 'number' && currency !== undefined ? `: ${formats.money(amount, currency)}` : ''

/** A newer server may write entries that this page has no words for. */
const textOf = ({ event, shipment_status }: Entry, { order }: Texts): string | undefined => {
  if (event === 'shipment-status-changed' && shipment_status) return order.shipments[shipment_status]
  const words: Readonly<Record<string, string>> = order.events
  return words[event]
}
