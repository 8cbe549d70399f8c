import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { useArrival } from '../../parts/arrival.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { say } from '../../parts/messages.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { useShop } from '../../shop.ts'
import { useAddressTexts } from '../../text/addresses.ts'
import type { SavedAddress } from '../saved-address.ts'
import { Cancel } from './link-email.tsx'

type Props = Readonly<{
  /** The address to change; absent for a new one. */
  address?: SavedAddress
  done: (id: string) => void
  close: () => void
}>

type Fields = Readonly<Record<'city' | 'postcode' | 'street' | 'house' | 'apartment', string>>

/** Asks for an address of a delivery, or for the changes of one. */
export function AddressForm({ address, done, close }: Props): VNode {
  const { facts, texts: all } = useShop()
  const texts = useAddressTexts()
  const { city = '', postcode = '', street = '', house = '', apartment = '' } = address ?? {}
  const [fields, setFields] = useState<Fields>({ city, postcode, street, house, apartment })
  const needed = { city: fields.city, street: fields.street, house: fields.house }
  const form = useForm({
    needed,
    send: async () => {
      const { api } = browser()
      const body = bodyFrom(fields, { country: facts.addressCountry, ...(address && { address }) })
      const saving = address
        ? api.PUT('/api/v1/auth/me/addresses/{id}', { params: { path: { id: address.id } }, body })
        : api.POST('/api/v1/auth/me/addresses', { body })
      const { id } = await bodyOf(saving)
      say(address ? texts.changed : texts.added)
      done(id)
    },
  })
  const { checkout } = all
  const fieldOf = (name: keyof Fields, label: string, more: { autocomplete: string; maxLength: number }) => (
    <TextField
      {...more}
      name={name}
      label={label}
      wrong={form.wrong[name]}
      isOptional={!(name in needed)}
      value={fields[name]}
      change={(value) => setFields((present) => ({ ...present, [name]: value }))}
    />
  )
  const heading = useArrival<HTMLParagraphElement>()
  return (
    <Form form={form} label={texts.save} beside={<Cancel close={close} />}>
      <p ref={heading} tabIndex={-1} class="hint">
        {facts.country}
      </p>
      <div class="row">
        {fieldOf('city', checkout.city, { autocomplete: 'address-level2', maxLength: 100 })}
        {fieldOf('postcode', checkout.postcode, { autocomplete: 'postal-code', maxLength: 20 })}
      </div>
      {fieldOf('street', checkout.street, { autocomplete: 'address-line1', maxLength: 200 })}
      <div class="row">
        {fieldOf('house', checkout.building, { autocomplete: 'address-line2', maxLength: 50 })}
        {fieldOf('apartment', checkout.apartment, { autocomplete: 'address-line3', maxLength: 50 })}
      </div>
    </Form>
  )
}

/** The place on the map stays with its house. */
function bodyFrom(fields: Fields, { country, address }: Readonly<{ country: string; address?: SavedAddress }>) {
  const [city, street, house] = [fields.city.trim(), fields.street.trim(), fields.house.trim()]
  const [postcode, apartment] = [fields.postcode.trim(), fields.apartment.trim()]
  const isSameHouse = address?.city === city && address.street === street && address.house === house
  const { lat, lng } = (isSameHouse ? address : undefined) ?? {}
  return {
    country: address?.country ?? country,
    ...(postcode !== '' && { postcode }),
    city,
    street,
    house,
    ...(apartment !== '' && { apartment }),
    ...(lat !== undefined && lng !== undefined && { lat, lng }),
  }
}
