import type { VNode } from 'preact'
import { Field } from '../parts/field.tsx'
import { useShop } from '../shop.ts'
import type { CheckoutFields, Wrong } from './checkout-order.ts'

type PartProps = Readonly<{
  fields: CheckoutFields
  wrong: Wrong
  change: (changed: Partial<CheckoutFields>) => void
}>

/** A text field of the form by its name. */
function TextField({
  fields,
  wrong,
  change,
  name,
  label,
  ...more
}: PartProps &
  Readonly<{
    name: keyof CheckoutFields
    label: string
    autocomplete: string
    isOptional?: boolean
    hint?: string
    type?: 'text' | 'tel' | 'email'
  }>): VNode {
  const { autocomplete, type = 'text', ...shown } = more
  return (
    <Field label={label} wrong={wrong[name]} {...shown}>
      {(wiring) => (
        <input
          {...wiring}
          type={type}
          list={undefined}
          name={name}
          autocomplete={autocomplete}
          maxLength={200}
          value={fields[name]}
          onInput={({ currentTarget }) => change({ [name]: currentTarget.value })}
        />
      )}
    </Field>
  )
}

/** The address of a delivery by courier. */
export function AddressFields({ hasPostcode, ...props }: PartProps & Readonly<{ hasPostcode: boolean }>): VNode {
  const { facts, texts } = useShop()
  const { postcode, city, street, building, apartment } = texts.checkout
  return (
    <div class="form">
      <p class="hint">{facts.country}</p>
      <div class="row">
        <TextField {...props} name="city" label={city} autocomplete="address-level2" />
        {hasPostcode && <TextField {...props} name="postcode" label={postcode} autocomplete="postal-code" isOptional />}
      </div>
      <TextField {...props} name="street" label={street} autocomplete="address-line1" />
      <div class="row">
        <TextField {...props} name="building" label={building} autocomplete="address-line2" />
        <TextField {...props} name="apartment" label={apartment} autocomplete="address-line3" isOptional />
      </div>
    </div>
  )
}

/** The recipient of the order, and a comment. */
export function RecipientFields({ isGuest, ...props }: PartProps & Readonly<{ isGuest: boolean }>): VNode {
  const { texts } = useShop()
  const { name, phone, comment, recipient } = texts.checkout
  const hints = props.fields.method === 'pickup' ? texts.checkout.pickupHints : texts.checkout.courierHints
  return (
    <div class="form" role="group" aria-label={recipient}>
      <h2>{recipient}</h2>
      <div class="row broad">
        <TextField {...props} name="name" label={name} autocomplete="name" />
        <TextField {...props} name="phone" label={phone} autocomplete="tel" type="tel" hint={hints.phone} />
      </div>
      {isGuest && (
        <TextField
          {...props}
          name="email"
          label={texts.account.email}
          autocomplete="email"
          type="email"
          hint={texts.checkout.emailHint}
          isOptional
        />
      )}
      <Field label={comment} wrong={props.wrong.comment} isOptional hint={hints.comment}>
        {(wiring) => (
          <textarea
            {...wiring}
            name="comment"
            maxLength={2000}
            value={props.fields.comment}
            onInput={({ currentTarget }) => props.change({ comment: currentTarget.value })}
          />
        )}
      </Field>
    </div>
  )
}
