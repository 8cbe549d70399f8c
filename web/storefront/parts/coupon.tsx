import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { failureOf } from '../api/failure.ts'
import { reasonOf } from '../api/reason-of.ts'
import { browser } from '../browser.ts'
import type { Cart } from '../cart/cart-store.ts'
import { useShop } from '../shop.ts'
import { Field, focusWrong } from './field.tsx'

/** The coupon of a cart: its code and what it gives, or a field for one. */
export function Coupon({ cart: { coupon } }: Readonly<{ cart: Cart }>): VNode {
  return coupon === null ? <CouponForm /> : <AppliedCoupon coupon={coupon} />
}

function AppliedCoupon({ coupon: { code, reason } }: Readonly<{ coupon: NonNullable<Cart['coupon']> }>): VNode {
  const { texts } = useShop()
  return (
    <div class="coupon" role="status">
      <p>
        {reason === null ? (
          texts.coupon.applied(code)
        ) : (
          <span class="wrong">
            {texts.coupon.without(code)} {texts.coupon.reasons[reason] ?? texts.refusals.otherwise}
          </span>
        )}
      </p>
      <button
        type="button"
        class="link"
        aria-label={texts.coupon.remove(code)}
        onClick={() => browser().cart.removeCoupon()}
      >
        {texts.coupon.drop}
      </button>
    </div>
  )
}

function CouponForm(): VNode {
  const { texts } = useShop()
  const [isOpen, setOpen] = useState(false)
  const [code, setCode] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [isSending, setSending] = useState(false)
  const apply = async () => {
    if (isSending || code.trim() === '') return
    setSending(true)
    setWrong(undefined)
    try {
      await browser().cart.applyCoupon(code.trim())
    } catch (error) {
      const failure = failureOf(error)
      setWrong(failure.issues.length > 0 ? texts.refusals.codes['coupon-unknown'] : reasonOf(failure, texts))
      focusWrong()
    } finally {
      setSending(false)
    }
  }
  if (!isOpen)
    return (
      <button type="button" class="link" onClick={() => setOpen(true)}>
        {texts.coupon.ask}
      </button>
    )
  return (
    <form
      class="coupon"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void apply()
      }}
    >
      <Field label={texts.coupon.code} wrong={wrong}>
        {(wiring) => (
          <input
            {...wiring}
            name="coupon"
            autocomplete="off"
            autocapitalize="characters"
            maxLength={40}
            value={code}
            // The field appears because the reader asked for it.
            ref={(input) => void (code === '' && input?.focus())}
            onInput={({ currentTarget }) => setCode(currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="button quiet" aria-disabled={isSending}>
        {texts.coupon.apply}
      </button>
    </form>
  )
}
