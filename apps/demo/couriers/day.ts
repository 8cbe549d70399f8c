import type { fleet } from '#dispatch/fleet'
import { transaction, type Db } from '#platform/db'
import { after, hours, minutes, seconds } from '#platform/values'
import { openRider, type DayOrder } from './rider.ts'
import { blocks, distance, drawFrom, drawId, pointOf, shopCell } from './town.ts'

type Fleet = ReturnType<typeof fleet>

export type DayNeeds = Readonly<{
  db: Db
  fleet: Fleet
  /** The clock of the fleet. */
  setTime: (at: Date) => void
  /** Receives the time and a line. */
  say: (at: Date, line: string) => void
  /** Called after each step of the day. */
  pause: () => Promise<void>
}>

export type Day = Readonly<{
  seed: number
  /** How long the shop takes orders. */
  open: number
  /** Milliseconds after an order in which its parcel is promised. */
  promise: number
}>

export type Summary = Readonly<{
  orders: number
  delivered: number
  returned: number
  on_time: number
  mean_minutes: number
  kilometres: number
}>

const opening = new Date('2026-11-21T10:00:00Z')
const step = seconds(30)
const names = ['Pyotr', 'Ivan', 'Olga', 'Maria'] as const
/** Orders in an hour, by the hour after the opening: noon and the evening are busy. */
const rates = [8, 10, 14, 20, 20, 12, 10, 16, 22, 18]
const heaviest = 2000

/** A day of a shop with four couriers. The same seed makes the same day. Returns when the last parcel has arrived. */
export async function simulateDay(needs: DayNeeds, { seed, open, promise }: Day): Promise<Summary> {
  const { db, fleet, setTime } = needs
  const draw = drawFrom(seed)
  const orders = new Map<string, DayOrder>()
  const minutesOf: number[] = []
  let [at, onTime, returned] = [opening, 0, 0]
  setTime(at)
  const riderNeeds = {
    fleet,
    draw,
    orders,
    say: (line: string) => needs.say(at, line),
    onDelivered: (order: DayOrder, delivered_at: Date) => {
      minutesOf.push((delivered_at.getTime() - order.at.getTime()) / minutes(1))
      if (delivered_at <= order.promised_at) onTime++
    },
    onReturned: () => void returned++,
  }
  const riders = []
  for (const name of names) {
    const person = { id: drawId(draw), name, speed_kmh: 15 }
    const { id, ...facts } = person
    const shift_ends_at = after(opening, hours(14)).toISOString()
    await fleet.changeDuty({ courier_id: id, duty: 'on', ...facts, position: pointOf(shopCell), shift_ends_at })
    riders.push(openRider(person, riderNeeds))
  }

  const closing = after(opening, open)
  for (; at < closing || minutesOf.length + returned < orders.size; at = after(at, step)) {
    setTime(at)
    let isChanged = false
    const rate = rates[Math.floor((at.getTime() - opening.getTime()) / hours(1))] ?? 0
    if (at < closing && draw() < (rate * step) / hours(1)) {
      const order = orderAt({ at, promise, number: orders.size + 1, draw })
      orders.set(order.parcel_id, order)
      await place({ db, fleet, order, weight_grams: 300 + Math.round(draw() * heaviest) })
      const way = distance(shopCell, order.home).toFixed(1)
      needs.say(at, `order ${order.number} appears at ${order.home.x},${order.home.y}, ${way} km from the shop`)
      isChanged = true
    }
    for (const rider of riders) if (await rider.live(at, step / 1000)) isChanged = true
    if (isChanged) await fleet.planRoutes()
    await needs.pause()
  }
  return {
    orders: orders.size,
    delivered: minutesOf.length,
    returned,
    on_time: onTime,
    mean_minutes: minutesOf.reduce((sum, each) => sum + each, 0) / Math.max(1, minutesOf.length),
    kilometres: riders.reduce((sum, rider) => sum + rider.kilometres(), 0),
  }
}

type NewOrder = Readonly<{ at: Date; promise: number; number: number; draw: () => number }>

const orderAt = ({ at, promise, number, draw }: NewOrder): DayOrder => ({
  number,
  parcel_id: drawId(draw),
  order_id: drawId(draw),
  user_id: drawId(draw),
  home: { x: Math.floor(draw() * (blocks + 1)), y: Math.floor(draw() * (blocks + 1)) },
  at,
  promised_at: after(at, promise),
})

type Placement = Pick<DayNeeds, 'db' | 'fleet'> & Readonly<{ order: DayOrder; weight_grams: number }>

/** Creates the parcel as the shipment of an order does. */
const place = ({ db, fleet, order, weight_grams }: Placement) =>
  transaction(db, (tx) =>
    fleet.createParcel(tx, {
      shipment_id: order.parcel_id,
      order_id: order.order_id,
      method: 'courier',
      status: 'pending',
      tracking_number: null,
      carriage: {
        order_number: `${order.number}`,
        user_id: order.user_id,
        address: {
          country: 'RU',
          city: 'Коломна',
          street: `${order.home.x}-я улица`,
          house: `${order.home.y}`,
          ...pointOf(order.home),
        },
        recipient_name: 'Анна',
        recipient_phone: null,
        comment: null,
        weight_grams,
        cash_to_collect: 0,
        currency: 'RUB',
      },
    }),
  )
