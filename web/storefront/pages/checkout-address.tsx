import type { VNode } from 'preact'
import { bodyOf } from '../api/client.ts'
import { browser } from '../browser.ts'
import { Choice } from '../parts/choice.tsx'
import { useResource } from '../parts/resource.ts'
import type { Session } from '../session/session-store.ts'
import { useAddressTexts } from '../text/addresses.ts'
import type { CheckoutFields } from './checkout-order.ts'
import { lineOf, maxAddresses, type SavedAddress } from './saved-address.ts'

export type SavedAddresses = readonly SavedAddress[]

/** The code of an address that is not saved. */
const another = 'another'

const readAll = () => bodyOf(browser().api.GET('/api/v1/auth/me/addresses', { params: { query: { page_size: 100 } } }))

/** The saved addresses of the buyer; undefined until they are read. A buyer can order without them, as a guest does. */
export function useSavedAddresses(session: Session | null): SavedAddresses | undefined {
  const { resource } = useResource(session ? readAll : undefined, 'addresses')
  if (session && resource.kind === 'loading') return undefined
  return resource.kind === 'ready' ? resource.content.items : []
}

/** The saved address to which the order goes: the chosen one, or the default as long as no other is typed. */
export function chosenAddress(fields: CheckoutFields, saved: SavedAddresses): SavedAddress | undefined {
  const isTyped = fields.city + fields.street + fields.building !== ''
  if (fields.address === '') return isTyped ? undefined : saved.find(({ is_default }) => is_default)
  return saved.find(({ id }) => id === fields.address)
}

/** The fields with the parts of the chosen address. A place that the buyer chose on the map comes before the saved one. */
export function withAddress(fields: CheckoutFields, saved: SavedAddresses): CheckoutFields {
  const address = chosenAddress(fields, saved)
  if (!address) return fields
  const { postcode = '', city, street, house: building, apartment = '' } = address
  const lat = fields.lat || String(address.lat ?? '')
  const lng = fields.lng || String(address.lng ?? '')
  return { ...fields, postcode, city, street, building, apartment, lat, lng, save: '' }
}

type Props = Readonly<{
  saved: SavedAddresses
  chosen: SavedAddress | undefined
  change: (changed: Partial<CheckoutFields>) => void
}>

/** The saved addresses, and another one. The place on the map belonged to the address of before. */
export function AddressChoice({ saved, chosen, change }: Props): VNode {
  const texts = useAddressTexts()
  const options = saved.map((address) => ({
    code: address.id,
    name: lineOf(address),
    hint: address.is_default ? texts.isDefault : undefined,
  }))
  return (
    <Choice
      legend={texts.checkout}
      name="address"
      value={chosen?.id ?? another}
      options={[...options, { code: another, name: texts.another, hint: undefined }]}
      choose={(address) => change({ address, lat: '', lng: '' })}
    />
  )
}

type SaveProps = Readonly<{ saved: SavedAddresses; fields: CheckoutFields; change: Props['change'] }>

/** Offers to save the typed address, as long as the account has room. */
export function SaveAddress({ saved, fields, change }: SaveProps): VNode | null {
  const texts = useAddressTexts()
  if (saved.length >= maxAddresses) return null
  return (
    <label class="check">
      <input
        type="checkbox"
        name="save"
        checked={fields.save !== ''}
        onChange={({ currentTarget }) => change({ save: currentTarget.checked ? 'yes' : '' })}
      />
      <span>{texts.keep}</span>
    </label>
  )
}
