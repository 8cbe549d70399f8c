import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import type { OrderAccess } from '../order-access.ts'
import { Icon } from '../parts/icon.tsx'
import { useResource } from '../parts/resource.ts'
import { say } from '../parts/messages.tsx'
import { isPlainClick } from '../router/router.ts'
import { useShop } from '../shop.ts'
import type { Texts } from '../text/texts.ts'

type Order = Schemas['Order']
type Shipment = Schemas['Shipment']

/** The steps that a buyer sees; an order paid in cash has no payment before its delivery. */
const stepsOf = ({ payment_method }: Order) =>
  payment_method === 'online'
    ? (['created', 'paid', 'shipping', 'fulfilled'] as const)
    : (['created', 'shipping', 'fulfilled'] as const)

const ranks = ['created', 'processing', 'paid', 'shipping', 'fulfilled'] as const

/** The state of an order, and the thing that its buyer does or waits for. */
export function NextStep({ order, access }: Readonly<{ order: Order; access: () => OrderAccess }>): VNode {
  const { texts } = useShop()
  const shipment = useShipment(order, access)
  // An order that was open when the page came keeps the space of its later states: nothing below moves when they come.
  const [wasOpen] = useState(isOpen(order))
  const isLinked = shipment !== undefined && order.status === 'shipping'
  return (
    <section class={wasOpen ? `sheet next reserved ${order.delivery_method}` : 'sheet next'} aria-labelledby="next">
      {(wasOpen || order.status !== 'cancelled') && <Steps order={order} />}
      <h2 id="next">
        <span class={order.status === 'cancelled' ? 'badge cancelled' : 'badge'}>{statusOf(order, texts)}</span>
      </h2>
      <p class="next-text">{isDeclined(order) ? texts.order.paymentDeclined : nextOf(order, texts)}</p>
      <div class="next-step">
        {isPayable(order) && <Payment order={order} />}
        {shipment?.pickup_code && order.status === 'shipping' && (
          <p>
            {texts.order.code}: <span class="code">{shipment.pickup_code}</span>
          </p>
        )}
        {shipment?.courier && isUnderWay(shipment) && <Courier courier={shipment.courier} />}
      </div>
      <div class="next-link">
        {isLinked && <TrackingLink shipment={shipment} />}
        {!isLinked && isOpen(order) && <p class="hint">{texts.order.trackLater}</p>}
      </div>
    </section>
  )
}

const isPayable = ({ status, payment_method, payment, cancelling }: Order): boolean =>
  status === 'processing' && payment_method === 'online' && payment.confirmation_url !== null && !cancelling

const isDeclined = (order: Order): boolean =>
  isPayable(order) && order.timeline.findLast(({ event }) => event.startsWith('payment-'))?.event === 'payment-declined'

/** The link to the page of the payment, and how long the shop waits for it. */
function Payment({ order: { pay_until, payment } }: Readonly<{ order: Order }>): VNode {
  const { formats, texts } = useShop()
  const url = payment.confirmation_url ?? ''
  const open = (event: MouseEvent) => {
    if (!isPlainClick(event)) return
    event.preventDefault()
    browser().host.openPayment(url)
  }
  return (
    <>
      {pay_until !== null && <p>{texts.order.payUntil(formats.time(pay_until))}</p>}
      <a class="button" href={url} data-document onClick={open}>
        <Icon name="card" /> {texts.order.pay}
      </a>
    </>
  )
}

function Steps({ order }: Readonly<{ order: Order }>): VNode {
  const { texts } = useShop()
  // A parcel that is being packed is not on its way yet.
  const status = isPacking(order) ? 'paid' : order.status
  const rank = ranks.indexOf(status as (typeof ranks)[number])
  const steps = stepsOf(order)
  const reached = steps.findLastIndex((step) => ranks.indexOf(step) <= rank)
  return (
    <ol class="steps">
      {steps.map((step, at) => (
        <li key={step} class={at <= reached ? 'done' : ''} aria-current={at === reached ? 'step' : undefined}>
          {step === 'shipping' && order.delivery_method === 'pickup' ? texts.order.ready : texts.order.statuses[step]}
        </li>
      ))}
    </ol>
  )
}

/** Until then the page follows the order. */
export const isOpen = ({ status }: Pick<Order, 'status'>): boolean => status !== 'fulfilled' && status !== 'cancelled'

const isUnderWay = ({ status }: Shipment): boolean =>
  status === 'handed_over' || status === 'in_transit' || status === 'out_for_delivery'

/** The courier who brings the order, and the PIN that he asks for. */
function Courier({ courier }: Readonly<{ courier: NonNullable<Shipment['courier']> }>): VNode {
  const { formats, texts } = useShop()
  const { name, expected_at, arrived, pin } = courier
  return (
    <>
      {name !== null && <p>{texts.order.courier.name(name)}</p>}
      {arrived && <p>{texts.order.courier.arrived}</p>}
      {!arrived && expected_at !== null && <p>{texts.order.courier.expected(formats.time(expected_at))}</p>}
      {pin !== null && (
        <p>
          {texts.order.courier.pin}: <span class="code">{pin}</span>
          <br />
          <small class="hint">{texts.order.courier.pinHint}</small>
        </p>
      )}
    </>
  )
}

function TrackingLink({ shipment }: Readonly<{ shipment: Shipment }>): VNode {
  const { href, texts } = useShop()
  const path = href(`/track/${shipment.tracking_token}`)
  const share = async () => {
    const url = new URL(path, location.origin).href
    const end = await browser().host.share({ title: texts.track.title, url })
    if (end === 'copied' || end === 'failed') say(texts.order.trackLink[end])
  }
  return (
    <div>
      <a href={path}>{texts.order.track}</a>{' '}
      <button type="button" class="tool" aria-label={texts.order.track} onClick={() => void share()}>
        <Icon name="share" />
      </button>
      <p class="hint">{texts.order.trackHint}</p>
    </div>
  )
}

/** The shipment has the code of a pickup and the link for the recipient. */
function useShipment({ id, shipment }: Order, access: () => OrderAccess): Shipment | undefined {
  const read = () => access().readShipment()
  const { resource } = useResource(shipment?.id ? read : undefined, `${id} ${shipment?.status}`)
  return resource.kind === 'ready' ? resource.content : undefined
}

/** The status in words: cash is not awaited, and goods at a pickup point are not on their way. */
export function statusOf(
  order: Pick<Order, 'status' | 'payment_method' | 'delivery_method' | 'shipment'>,
  { order: texts }: Texts,
): string {
  if (isPacking(order)) return texts.shipments['pending'] ?? texts.accepted
  if (order.status === 'processing' && order.payment_method !== 'online') return texts.accepted
  if (order.status === 'shipping' && order.delivery_method === 'pickup') return texts.ready
  return texts.statuses[order.status]
}

/** The order is with the delivery, and no courier has it yet. */
const isPacking = ({ status, shipment }: Pick<Order, 'status' | 'shipment'>): boolean =>
  status === 'shipping' && shipment?.status === 'pending'

function nextOf(order: Order, { order: { nextOf } }: Texts): string {
  const { status, cancelling, payment_method, delivery_method } = order
  if (cancelling && status !== 'cancelled') return nextOf.cancelling
  if (status === 'processing' && payment_method !== 'online') return nextOf.processingCash
  if (isPacking(order)) return payment_method === 'online' ? nextOf.paid : nextOf.packing
  if (status === 'shipping' && delivery_method === 'pickup') return nextOf.pickup
  return nextOf[status]
}
