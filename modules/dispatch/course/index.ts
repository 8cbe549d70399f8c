import type { Background, Module } from '#platform/module'
import { WakeableLoop } from '#platform/jobs'
import { seconds, type Clock } from '#platform/values'
import type { Contract } from '../contract.ts'
import type { Geo } from '../geo/geo.ts'
import { addStoragePlace } from './add-storage-place/add-storage-place.ts'
import { addStoragePlaceRoute } from './add-storage-place/route.ts'
import { assignOrders, type AssignOrders } from './assign-orders/assign-orders.ts'
import { cancelOrder } from './cancel-order/cancel-order.ts'
import { cancelOrderRoute } from './cancel-order/route.ts'
import { completeOrder } from './complete-order/complete-order.ts'
import { completeOrderRoute } from './complete-order/route.ts'
import { createCourier } from './create-courier/create-courier.ts'
import { createCourierRoute } from './create-courier/route.ts'
import { createOrder } from './create-order/create-order.ts'
import { createOrderRoute } from './create-order/route.ts'
import { listActiveOrders } from './list-active-orders/query.ts'
import { listActiveOrdersRoute } from './list-active-orders/route.ts'
import { listCouriers } from './list-couriers/query.ts'
import { listCouriersRoute } from './list-couriers/route.ts'
import { moveCouriers, type MoveCouriers } from './move-couriers/move-couriers.ts'
import { reportMove } from './report-move/report-move.ts'
import { reportMoveRoute } from './report-move/route.ts'
import { serveCourseApi, type CourseApiAddress } from './serve-course-api/serve-course-api.ts'
import type { CourseDb } from './store.ts'

export type { CourseApiAddress }

type Needs = Readonly<{
  db: CourseDb
  now: Clock
  geo: Geo
  draw: (below: number) => number
  contract: Contract
  /** Milliseconds of a step of the couriers. */
  step: number
  courseApi: CourseApiAddress | undefined
}>

/** The domain of the Delivery system: couriers with storage places on a grid of ten by ten cells. */
export function course({ courseApi, ...needs }: Needs) {
  const { contract, step } = needs
  const loop = new WakeableLoop()
  const parts = { ...needs, wake: loop.wake }
  const slices = {
    createOrder: createOrder(parts),
    createCourier: createCourier(parts),
    addStoragePlace: addStoragePlace(parts),
    cancelOrder: cancelOrder(parts),
    reportMove: reportMove(parts),
    completeOrder: completeOrder(parts),
    listCouriers: listCouriers(parts),
    listActiveOrders: listActiveOrders(parts),
    assignOrders: assignOrders(parts),
    moveCouriers: moveCouriers(parts),
  }
  return {
    ...slices,
    routes: [
      createOrderRoute(slices),
      createCourierRoute(slices),
      addStoragePlaceRoute(slices),
      cancelOrderRoute(slices),
      reportMoveRoute(slices),
      completeOrderRoute(slices),
      listCouriersRoute(slices),
      listActiveOrdersRoute(slices),
    ],
    background: [
      gridLoop(loop, { ...slices, step, moves: contract !== 'd' }),
      ...(courseApi ? [serveCourseApi({ ...slices, contract, address: courseApi })] : []),
    ],
  } satisfies Pick<Module, 'routes' | 'background'> & Record<string, unknown>
}

/** Without a wake-up an idle grid looks for orders this often: another instance may have died before it assigned them. */
const safetyTick = seconds(10)

type LoopNeeds = Readonly<{
  assignOrders: AssignOrders
  moveCouriers: MoveCouriers
  step: number
  /** False where couriers report their moves. */
  moves: boolean
}>

/** Moves couriers step by step while any is busy, and assigns orders at once when a change wakes it. */
const gridLoop = (loop: WakeableLoop, { assignOrders, moveCouriers, step, moves }: LoopNeeds): Background => ({
  name: 'grid',
  start: async (log) => {
    const { stop } = loop.start({
      run: async () => {
        const moved = moves ? await moveCouriers() : undefined
        const assigned = await assignOrders()
        const isBusy = moved !== undefined && (moved.kind === 'not-due' || moved.remaining > 0 || assigned > 0)
        return isBusy ? step : safetyTick
      },
      onError: (error) => log.error({ err: error }, 'the grid failed, and runs again in a second'),
    })
    return stop
  },
})
