import { Type, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Address } from '#ordering/events'
import { Id, MultilineText } from '#platform/schema'
import type { Contract } from '../contract.ts'
import { decode, type Fields } from './decode.ts'
import { messageType } from './schemas.ts'

/** A confirmed basket: an order that couriers bring. */
export type ConfirmedBasket = Readonly<{
  name: 'basket-confirmed'
  order_id: string
  address: Address
  volume: number
  /** Units of the day, as the sender counts them; undefined when it promises no time. */
  period: Readonly<{ from: number; to: number }> | undefined
}>

/** A basket that needs no order any more. */
export type CancelledBasket = Readonly<{ name: 'basket-cancelled'; order_id: string; reason: string }>

type Malformed = Readonly<{ kind: 'malformed'; issue: string }>
type Read = Readonly<{ kind: 'known'; message: ConfirmedBasket | CancelledBasket }> | Malformed

/** A message that this version knows. `read` decodes it and checks it against its schema. */
type Entry = Readonly<{ read: (contract: Contract, bytes: Uint8Array) => Read }>

const Line = Type.String({ maxLength: 200 })
const Confirmed = Type.Object({
  basket_id: Id,
  address: Type.Object({ country: Line, city: Line, street: Line, house: Line, apartment: Line }),
  volume: Type.Integer({ minimum: 1, maximum: 10_000 }),
  delivery_period: Type.Union([Type.Null(), Type.Object({ from: Type.Integer(), to: Type.Integer() })]),
})
const Cancelled = Type.Object({ basket_id: Id, reason: MultilineText(500) })

const AddressOfOrder = Compile(Address)

/** Generation A has no volume: every courier can bring every order. */
const volumeOfA = 1

/** Reads `Name` with the schema, and makes a message of its fields or says why it cannot. */
function entry(
  name: string,
  schema: TSchema,
  messageOf: (fields: never) => ConfirmedBasket | CancelledBasket | string,
): Entry {
  const compiled = Compile(schema)
  return {
    read: (contract, bytes) => {
      const type = messageType(contract, name)
      if (!type) return malformed(`generation ${contract.toUpperCase()} has no ${name}`)
      let fields: Fields
      try {
        fields = { ...(contract === 'a' && { volume: volumeOfA }), ...decode(type, bytes) }
      } catch (error) {
        return malformed(error instanceof Error ? error.message : String(error))
      }
      if (!compiled.Check(fields)) {
        const [issue] = compiled.Errors(fields)
        return malformed(issue ? `${issue.instancePath || '/'} ${issue.message}` : 'does not match its schema')
      }
      const message = messageOf(fields as never)
      return typeof message === 'string' ? malformed(message) : { kind: 'known', message }
    },
  }
}

const malformed = (issue: string): Malformed => ({ kind: 'malformed', issue })

type ConfirmedFields = Readonly<{
  basket_id: string
  address: Readonly<Record<'country' | 'city' | 'street' | 'house' | 'apartment', string>>
  volume: number
  delivery_period: Readonly<{ from: number; to: number }> | null
}>

function confirmedOf({ basket_id, address, volume, delivery_period }: ConfirmedFields): ConfirmedBasket | string {
  if (address.street.trim() === '') return '/address/street is blank'
  const ofOrder = addressOf(address)
  if (!AddressOfOrder.Check(ofOrder)) return '/address is no address of an order'
  const period = delivery_period?.to ? delivery_period : undefined
  return { name: 'basket-confirmed', order_id: basket_id.toLowerCase(), address: ofOrder, volume, period }
}

/** An address without a city or a house is one line. */
function addressOf({ apartment, ...house }: ConfirmedFields['address']): unknown {
  if (house.city !== '' && house.house !== '') return { ...house, ...(apartment !== '' && { apartment }) }
  return [house.country, house.city, house.street, house.house, apartment].filter(Boolean).join(', ')
}

type CancelledFields = Readonly<{ basket_id: string; reason: string }>

const cancelledOf = ({ basket_id, reason }: CancelledFields): CancelledBasket => ({
  name: 'basket-cancelled',
  order_id: basket_id.toLowerCase(),
  reason: reason.trim() || 'basket-cancelled',
})

const confirmed = entry('BasketConfirmedIntegrationEvent', Confirmed, confirmedOf)

/** The messages that this version knows, by their plain names. */
const entries: ReadonlyMap<string, Entry> = new Map([
  ['basketconfirmed', confirmed],
  ['basketcancelled', entry('BasketCancelledIntegrationEvent', Cancelled, cancelledOf)],
])

const plainNameOf = (name: string): string =>
  name
    .replace(/(Integration|Domain)?Event$/, '')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()

/** Finds a message by its name, such as `BasketConfirmedIntegrationEvent`, `basket.confirmed` or `basket.events.BasketConfirmed`. */
export function findMessage(name: string): Entry | undefined {
  const last = name.split(/[.$+]/).at(-1) ?? name
  return entries.get(plainNameOf(name)) ?? entries.get(plainNameOf(last))
}

/** The only message of a generation whose messages carry no name. */
export const onlyMessage: Entry = confirmed
