import type { Bug } from '../bug.ts'

const dispatch = (file: string) => `modules/dispatch/${file}`

export const dispatchBugs: readonly Bug[] = [
  {
    description: 'two instances assign among the same couriers at once',
    requirement: 'DSP-7',
    file: dispatch('course/assign-orders/assign-orders.ts'),
    text: '      await lockAssignment(tx)\n',
    replacement: '',
    caughtBy: dispatch('course/assign-orders/assign-orders.test.ts'),
  },
  {
    description: 'orders that fit no courier hide the orders behind them',
    requirement: 'DSP-8',
    file: dispatch('course/store.ts'),
    text: "where status = 'created' and volume <= capacity",
    replacement: "where status = 'created' and capacity > 0",
    caughtBy: dispatch('course/assign-orders/assign-orders.test.ts'),
  },
  {
    description: 'orders of one age are taken by their random ids, and the oldest may starve',
    requirement: 'DSP-8',
    file: dispatch('course/dispatcher.ts'),
    text: '- weightOfWaiting * order.waited +',
    replacement: '+',
    caughtBy: dispatch('course/dispatcher.test.ts'),
  },
  {
    description: 'every instance moves the couriers in one step',
    requirement: 'DSP-7',
    file: dispatch('course/store.ts'),
    text: "where at <= clock_timestamp() - ${period} * interval '1 millisecond' and job = (",
    replacement: 'where job = (',
    caughtBy: dispatch('course/move-couriers/move-couriers.test.ts'),
  },
  {
    description: 'a courier hands a parcel over without the PIN',
    requirement: 'DSP-10',
    file: dispatch('fleet/parcel.ts'),
    text: "return isRightPin ? changed(parcel, { status: 'delivered' }) : refused('wrong-pin')",
    replacement: "return isRightPin || true ? changed(parcel, { status: 'delivered' }) : refused('wrong-pin')",
    caughtBy: dispatch('fleet/fleet.test.ts'),
  },
  {
    description: 'a courier ends the way of a parcel that another courier has',
    requirement: 'DSP-10',
    file: dispatch('fleet/parcel.ts'),
    text: "  if (parcel.courier_id !== courier_id) return refused('not-yours')\n  if (parcel.status === 'delivered') return unchanged",
    replacement:
      "  if (parcel.courier_id === null) return refused('not-yours')\n  if (parcel.status === 'delivered') return unchanged",
    caughtBy: dispatch('fleet/fleet.test.ts'),
  },
  {
    description: 'a parcel is offered again to the courier who declined it',
    requirement: 'DSP-10',
    file: dispatch('fleet/choose-courier.ts'),
    text: 'hasRoom(candidate, parcel) && !parcel.declined_by.includes(candidate.id)',
    replacement: 'hasRoom(candidate, parcel)',
    caughtBy: dispatch('fleet/fleet.test.ts'),
  },
  {
    description: 'a second message about a basket changes its order',
    requirement: 'DSP-2',
    file: dispatch('course/create-order/create-order.ts'),
    text: 'volume === order.volume && canonicalJson(address) === canonicalJson(order.address)',
    replacement: 'volume === order.volume',
    caughtBy: dispatch('course/course-routes.test.ts'),
  },
]
