import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Api, type Schemas } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { reasonOf } from '../api/reason-of.ts'
import { browser } from '../browser.ts'
import { saveCartToken } from '../cart/cart-store.ts'
import type { OrderAccess } from '../order-access.ts'
import { say } from '../parts/messages.tsx'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'

type Order = Schemas['Order']
type Props = Readonly<{ order: Order; access: () => OrderAccess; reload: () => void }>

/** Order the same again, and cancel while the order allows it. */
export function OrderActions({ order, access, reload }: Props): VNode {
  const { href, texts } = useShop()
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const again = async () => {
    setBusy(true)
    try {
      const missing = await addAll(browser().api, order)
      if (missing === order.items.length) return say(texts.order.againNone)
      say(missing > 0 ? texts.order.againPart : texts.order.againDone)
      router.go(href('/cart'))
    } catch (error) {
      say(reasonOf(failureOf(error), texts))
    } finally {
      browser().cart.refresh()
      setBusy(false)
    }
  }
  return (
    <div class="row-actions">
      <button type="button" class="button quiet" disabled={isBusy} onClick={() => void again()}>
        {texts.order.again}
      </button>
      {order.may_cancel && !order.cancelling && <CancelButton access={access} reload={reload} />}
    </div>
  )
}

/** Adds the lines of an order to the cart; returns how many the shop refused. Throws when it does not answer. */
async function addAll(api: Api, { items }: Order): Promise<number> {
  let missing = 0
  for (const { variant_id, quantity } of items) {
    const header = { 'Idempotency-Key': crypto.randomUUID() }
    const body = { variant_id, quantity }
    try {
      // The first answer has the token of a new cart.
      saveCartToken(await bodyOf(api.POST('/api/v1/cart/items', { params: { header }, body })))
    } catch (error) {
      const { status } = failureOf(error)
      if (status !== 404 && status !== 409) throw error
      missing++
    }
  }
  return missing
}

/** Asks before it cancels. */
function CancelButton({ access, reload }: Omit<Props, 'order'>): VNode {
  const { texts } = useShop()
  const [isAsking, setAsking] = useState(false)
  const cancel = async () => {
    setAsking(false)
    await access()
      .cancel()
      .catch((error: unknown) => say(reasonOf(failureOf(error), texts)))
    reload()
  }
  if (!isAsking)
    return (
      <button type="button" class="link" onClick={() => setAsking(true)}>
        {texts.order.cancel}
      </button>
    )
  return (
    <div role="group" aria-label={texts.order.cancelAsk}>
      <p>{texts.order.cancelAsk}</p>
      <div class="row-actions">
        <button type="button" class="button quiet" onClick={() => void cancel()}>
          {texts.order.cancelYes}
        </button>
        <button type="button" class="link" onClick={() => setAsking(false)}>
          {texts.order.cancelNo}
        </button>
      </div>
    </div>
  )
}
