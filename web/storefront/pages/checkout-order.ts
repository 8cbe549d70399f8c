import type { ShopFacts } from '../../../apps/storefront/renderer.ts'
import type { Schemas } from '../api/client.ts'
import type { FieldIssue } from '../api/failure.ts'
import { wrongFieldsOf } from '../api/reason-of.ts'
import { isEmail } from '../parts/email.ts'
import type { Texts } from '../text/texts.ts'

/** The fields of the checkout as they are typed. */
export type CheckoutFields = Readonly<{
  method: string
  point: string
  /** The saved address to which the order goes; empty until the buyer chooses. */
  address: string
  /** Not empty when the typed address is saved with the order. */
  save: string
  name: string
  phone: string
  /** The e-mail of a guest, to which the link to the order goes. */
  email: string
  postcode: string
  city: string
  street: string
  building: string
  apartment: string
  /** The coordinates of the address, in degrees, when the buyer chose them on the map. */
  lat: string
  lng: string
  comment: string
  payment: string
}>

export const emptyCheckout: CheckoutFields = {
  method: 'courier',
  point: '',
  address: '',
  save: '',
  name: '',
  phone: '',
  email: '',
  postcode: '',
  city: '',
  street: '',
  building: '',
  apartment: '',
  lat: '',
  lng: '',
  comment: '',
  payment: 'online',
}

/** The reasons beside the fields. */
export type Wrong = Readonly<Partial<Record<keyof CheckoutFields, string>>>

const phonePattern = /^\+?[0-9 ()-]{5,25}$/

/** The fields that are empty or wrong, with the reason in the language of the reader. A guest alone has the field of e-mail. */
export function wrongIn(fields: CheckoutFields, { checkout, refusals }: Texts, isGuest: boolean): Wrong {
  const needed =
    fields.method === 'courier'
      ? (['name', 'phone', 'city', 'street', 'building'] as const)
      : (['name', 'phone'] as const)
  const empty = needed.filter((name) => fields[name].trim() === '').map((name) => [name, checkout.required] as const)
  const phone = fields.phone.trim()
  const email = fields.email.trim()
  return {
    ...Object.fromEntries(empty),
    ...(phone !== '' && !phonePattern.test(phone) && { phone: checkout.phoneWrong }),
    ...(isGuest && email !== '' && !isEmail(email) && { email: refusals.fields['email'] ?? refusals.field }),
  }
}

/** The fields that were marked at the last attempt, as they were then. */
export type Marked = Readonly<{ wrong: Wrong; fields: CheckoutFields }>

/** The reasons that still hold: a field that was edited since it was marked has the reason of `present`, if any. */
export const stillWrong = (marked: Marked, fields: CheckoutFields, present: Wrong): Wrong =>
  Object.fromEntries(
    (Object.keys(marked.wrong) as (keyof CheckoutFields)[]).flatMap((name) => {
      const reason = fields[name] === marked.fields[name] ? marked.wrong[name] : present[name]
      return reason === undefined ? [] : [[name, reason]]
    }),
  )

/** The fields of the form by the fields of a refused request. */
const formFields: Readonly<Record<string, keyof CheckoutFields>> = {
  recipient_name: 'name',
  recipient_phone: 'phone',
  'contact/phone': 'phone',
  'contact/email': 'email',
  'delivery_address/postcode': 'postcode',
  'delivery_address/city': 'city',
  'delivery_address/street': 'street',
  'delivery_address/house': 'building',
  'delivery_address/apartment': 'apartment',
  delivery_address: 'street',
  pickup_point_id: 'point',
  comment: 'comment',
}

/** The reasons of a refused request beside the fields of the form. */
export const wrongFrom = (issues: readonly FieldIssue[], texts: Texts): Wrong =>
  Object.fromEntries(
    Object.entries(wrongFieldsOf(issues, texts)).flatMap(([path, reason]) => {
      const field = formFields[path]
      return field ? [[field, reason]] : []
    }),
  )

/** The address of a delivery by courier, once its parts are typed; undefined for other methods. */
export function addressOf({ method, ...typed }: CheckoutFields, country: string) {
  const [city, street, building, apartment] = [typed.city, typed.street, typed.building, typed.apartment].map((part) =>
    part.trim(),
  )
  if (method !== 'courier' || !city || !street || !building) return undefined
  const postcode = typed.postcode.trim()
  return {
    country,
    ...(postcode && { postcode }),
    city,
    street,
    house: building,
    ...(apartment && { apartment }),
    ...placeOf(typed),
  }
}

/** The chosen place of the address; undefined before the choice. */
export const placeOf = ({ lat, lng }: Pick<CheckoutFields, 'lat' | 'lng'>) =>
  lat !== '' && lng !== '' ? { lat: Number(lat), lng: Number(lng) } : undefined

type Facts = Pick<ShopFacts, 'addressCountry' | 'takesCash'>

/** The chosen payment method. A stored draft may name cash although the shop takes none any more. */
export const paymentOf = ({ payment }: Pick<CheckoutFields, 'payment'>, { takesCash }: Pick<Facts, 'takesCash'>) =>
  takesCash && payment === 'cash_on_delivery' ? payment : 'online'

/** The body of the request. The total that the reader saw goes with it, so that she pays no other. */
export function orderOf(
  fields: CheckoutFields,
  { total, facts, isGuest }: Readonly<{ total: number; facts: Facts; isGuest: boolean }>,
): Schemas['PlaceOrderBody'] {
  const { comment, email, name, phone, point } = fields
  const isCourier = fields.method === 'courier'
  const address = addressOf(fields, facts.addressCountry)
  return {
    delivery_method: isCourier ? 'courier' : 'pickup',
    payment_method: paymentOf(fields, facts),
    recipient_name: name.trim(),
    recipient_phone: phone.trim(),
    expected_total: total,
    ...(isGuest && { contact: { phone: phone.trim(), ...(email.trim() !== '' && { email: email.trim() }) } }),
    ...(comment.trim() !== '' && { comment: comment.trim() }),
    ...(!isCourier && point !== '' && { pickup_point_id: point }),
    ...(address && { delivery_address: address }),
  }
}
