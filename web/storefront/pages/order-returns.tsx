import type { VNode } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import type { OrderAccess } from '../order-access.ts'
import { useOrderEvents } from '../parts/order-events.ts'
import { useResource } from '../parts/resource.ts'
import { useShop } from '../shop.ts'
import { ReturnForm } from './order-return-form.tsx'

type Order = Schemas['Order']
type Props = Readonly<{ order: Order; access: () => OrderAccess; reload: () => void }>

/** Until then the page follows the return. */
const isOpenReturn = ({ status }: Schemas['OrderReturn']): boolean => status !== 'refused' && status !== 'refunded'

/** Offers to return the goods of a fulfilled order, and shows the state of each return as it changes. */
export function OrderReturns({ order, access, reload }: Props): VNode | null {
  const { formats, texts } = useShop()
  const { resource, reload: readAgain } = useResource(() => access().readReturns(), order.id)
  const [isOpen, setOpen] = useState(false)
  const [requested, setRequested] = useState<string>()
  const hasOpenReturn = resource.kind === 'ready' && resource.content.items.some(isOpenReturn)
  const changed = useCallback(() => {
    readAgain()
    reload()
  }, [readAgain, reload])
  useOrderEvents(hasOpenReturn ? order.id : undefined, { open: () => access().streamUrl(), changed })
  if (resource.kind !== 'ready') return null
  const { items, returnable, return_until } = resource.content
  if (items.length === 0 && returnable.length === 0) return null
  const lines = returnable.flatMap(({ variant_id, quantity }) => {
    const title = order.items.find((item) => item.variant_id === variant_id)?.title
    return title === undefined ? [] : [{ variant_id, title, most: quantity }]
  })
  return (
    <section class="section returns" aria-labelledby="returns">
      <h2 id="returns">{texts.returns.title}</h2>
      {lines.length > 0 && !isOpen && (
        <>
          {return_until !== null && <p class="hint">{texts.returns.until(formats.date(return_until))}</p>}
          <button type="button" class="button quiet" onClick={() => setOpen(true)}>
            {texts.returns.open}
          </button>
        </>
      )}
      {lines.length > 0 && isOpen && (
        <ReturnForm
          lines={lines}
          access={access}
          refused={readAgain}
          close={() => setOpen(false)}
          done={({ id }) => {
            setOpen(false)
            setRequested(id)
            changed()
          }}
        />
      )}
      {items.length > 0 && (
        <ul class="return-list">
          {items.map((item) => (
            <ReturnCard key={item.id} item={item} isNew={item.id === requested} />
          ))}
        </ul>
      )}
    </section>
  )
}

type CardProps = Readonly<{
  item: Schemas['OrderReturn']
  /** The reader has just asked for it: the focus goes on here. */
  isNew: boolean
}>

function ReturnCard({ item, isNew }: CardProps): VNode {
  const { formats, texts } = useShop()
  const { status, items, reason, answer, refund_amount, currency, created_at } = item
  const card = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isNew) card.current?.focus()
  }, [isNew])
  return (
    <li ref={card} tabIndex={-1} class="sheet return">
      <p class="return-head">
        <b class={status === 'refused' ? 'badge cancelled' : 'badge'}>{texts.returns.statuses[status]}</b>
        <time dateTime={created_at}>{formats.time(created_at)}</time>
      </p>
      <ul>
        {items.map(({ title, quantity }, i) => (
          <li key={i}>
            {title}
            {quantity > 1 && ` × ${quantity}`}
          </li>
        ))}
      </ul>
      {reason !== null && <p class="hint typed">{reason}</p>}
      <p aria-live="polite">{texts.returns.next[status]}</p>
      {answer !== null && (
        <p class="typed">
          <b>{texts.returns.answer}:</b> {answer}
        </p>
      )}
      {refund_amount !== null && refund_amount > 0 && (status === 'refunding' || status === 'refunded') && (
        <p>
          {texts.returns.refund}: <b>{formats.money(refund_amount, currency)}</b>
        </p>
      )}
    </li>
  )
}
