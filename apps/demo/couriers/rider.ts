import { ok } from 'node:assert/strict'
import type { fleet, Step } from '#dispatch/fleet'
import { distance, move, pointOf, shopCell, type Cell } from './town.ts'

type Fleet = ReturnType<typeof fleet>

/** An order of the day. */
export type DayOrder = Readonly<{
  number: number
  parcel_id: string
  order_id: string
  user_id: string
  home: Cell
  at: Date
  promised_at: Date
}>

export type RiderNeeds = Readonly<{
  fleet: Fleet
  draw: () => number
  orders: ReadonlyMap<string, DayOrder>
  /** Prints a line with the time. */
  say: (line: string) => void
  onDelivered: (order: DayOrder, at: Date) => void
  onReturned: (order: DayOrder) => void
}>

type Person = Readonly<{ id: string; name: string; speed_kmh: number }>

/** A courier of the demo. */
export type Rider = Readonly<{
  /** Lives for some seconds until `at`. True when the routes should be planned again. */
  live: (at: Date, seconds: number) => Promise<boolean>
  kilometres: () => number
}>

const secondsAt = { pickup: 60, dropoff: 180, return: 60 } as const
/** One in so many offers is declined, and one in so many customers is not at home. */
const declines = 25
const absences = 40

type Self = Readonly<{ person: Person; needs: RiderNeeds }>

async function take({ person, needs }: Self, step: Step, order: DayOrder) {
  const outcome = await needs.fleet.takeStep({ ...step, id: order.parcel_id, courier_id: person.id })
  ok(outcome.kind === 'taken', `${person.name} cannot ${step.step} order ${order.number}`)
  return outcome.parcel
}

/** Takes or declines an offer. True when the parcel needs another courier. */
async function answer(self: Self, order: DayOrder): Promise<boolean> {
  const { person, needs } = self
  if (needs.draw() * declines < 1) {
    await take(self, { step: 'decline' }, order)
    needs.say(`${person.name} declines order ${order.number}`)
    return true
  }
  const { assignment } = await take(self, { step: 'accept' }, order)
  needs.say(`${person.name} takes order ${order.number}. ${assignment?.en}`)
  return false
}

async function handOver(self: Self, order: DayOrder, at: Date): Promise<void> {
  const { person, needs } = self
  if (needs.draw() * absences < 1) {
    await take(self, { step: 'fail', reason: 'no-answer' }, order)
    return needs.say(`${person.name} gets no answer for order ${order.number}, and brings it back`)
  }
  const own = await needs.fleet.showOwnParcel(order.order_id, order.user_id)
  ok(own.kind === 'found' && own.parcel.pin !== null)
  await take(self, { step: 'deliver', pin: own.parcel.pin }, order)
  const minutes = Math.round((order.promised_at.getTime() - at.getTime()) / 60_000)
  const difference = minutes < 0 ? `${-minutes} min late` : `${minutes} min early`
  needs.say(`${person.name} delivers order ${order.number}, ${difference}`)
  needs.onDelivered(order, at)
}

/** A courier who answers offers, follows his route, hands parcels over with the PIN, and waits at the shop. */
export function openRider(person: Person, needs: RiderNeeds): Rider {
  const { fleet, orders } = needs
  const self = { person, needs }
  let cell = shopCell
  let free_at = 0
  let kilometres = 0

  async function ride(to: Cell, at: Date, seconds: number): Promise<boolean> {
    const next = move(cell, to, (person.speed_kmh * seconds) / 3600)
    if (next.x !== cell.x || next.y !== cell.y) {
      kilometres += distance(cell, next)
      cell = next
      await fleet.reportPositions({ courier_id: person.id, positions: [{ at: at.toISOString(), ...pointOf(cell) }] })
    }
    return Math.abs(cell.x - to.x) + Math.abs(cell.y - to.y) < 1e-9
  }

  return {
    kilometres: () => kilometres,
    async live(at, seconds) {
      const route = await fleet.showRoute(person.id)
      ok(route.kind === 'found')
      let isChanged = false
      for (const { id, status } of route.parcels)
        if (status === 'offered' && (await answer(self, orders.get(id)!))) isChanged = true
      if (at.getTime() < free_at) return isChanged
      const held = new Map(route.parcels.map((parcel) => [parcel.id, parcel.status]))
      const stop = route.stops.find(({ order_id }) => held.get(order_id) !== 'offered')
      const order = stop && orders.get(stop.order_id)
      if (!stop || !order) {
        await ride(shopCell, at, seconds)
        return isChanged
      }
      const kind = held.get(order.parcel_id) === 'failed' ? 'return' : stop.kind
      if (!(await ride(kind === 'dropoff' ? order.home : shopCell, at, seconds))) return isChanged
      free_at = at.getTime() + secondsAt[kind] * 1000
      if (kind === 'dropoff') await handOver(self, order, at)
      else await take(self, { step: kind === 'pickup' ? 'pick-up' : 'return' }, order)
      if (kind === 'return') needs.onReturned(order)
      return true
    },
  }
}
