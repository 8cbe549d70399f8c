import type { Background, Module } from '#platform/module'
import { WakeableLoop } from '#platform/jobs'
import { seconds, type Clock } from '#platform/values'
import type { Contract, Encoding } from '../contract.ts'
import type { Geo } from '../geo/geo.ts'
import type { PeriodTerms } from '../messages/basket-event.ts'
import { courseKafka, type CourseKafkaSettings } from '../messages/kafka.ts'
import { reportOrders } from './report-orders/report-orders.ts'
import { addStoragePlace } from './add-storage-place/add-storage-place.ts'
import { addStoragePlaceRoute } from './add-storage-place/route.ts'
import { assignOrders, type AssignOrders } from './assign-orders/assign-orders.ts'
import { cancelOrder, cancelOrderOfBasket } from './cancel-order/cancel-order.ts'
import { cancelOrderRoute } from './cancel-order/route.ts'
import { cancelOrderSubscription } from './cancel-order/subscriber.ts'
import { completeOrder } from './complete-order/complete-order.ts'
import { completeOrderRoute } from './complete-order/route.ts'
import { createCourier } from './create-courier/create-courier.ts'
import { createCourierRoute } from './create-courier/route.ts'
import { createOrder, createOrderOfBasket } from './create-order/create-order.ts'
import { createOrderRoute } from './create-order/route.ts'
import { createOrderSubscription } from './create-order/subscriber.ts'
import { listActiveOrders } from './list-active-orders/query.ts'
import { listActiveOrdersRoute } from './list-active-orders/route.ts'
import { listCouriers } from './list-couriers/query.ts'
import { listCouriersRoute } from './list-couriers/route.ts'
import { moveCouriers, type MoveCouriers } from './move-couriers/move-couriers.ts'
import { readParkedMessage, retryKnownMessages } from './read-parked-message/read-parked-message.ts'
import { readParkedMessageSubscription } from './read-parked-message/subscriber.ts'
import { reportMove } from './report-move/report-move.ts'
import { reportMoveRoute } from './report-move/route.ts'
import { serveCourseApi, type CourseApiAddress } from './server/serve-course-api.ts'
import type { CourseDb } from './store.ts'
import { takeMessages } from './take-messages/take-messages.ts'

export type { CourseApiAddress }

/** The messages that the Delivery system sends and expects. */
export type CourseMessages = CourseKafkaSettings & Readonly<{ encoding: Encoding }>

type Needs = Readonly<{
  db: CourseDb
  now: Clock
  geo: Geo
  draw: (below: number) => number
  contract: Contract
  /** Milliseconds of a step of the couriers. */
  step: number
  courseApi: CourseApiAddress | undefined
  /** How baskets count the times of their delivery. */
  period: PeriodTerms
  /** Kafka of the Delivery system; without it the grid has its own routes only. */
  messages: CourseMessages | undefined
}>

/** The domain of the Delivery system: couriers with storage places on a grid of ten by ten cells. */
export function course({ courseApi, messages, ...needs }: Needs) {
  const { contract, step, db } = needs
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
    createOrderOfBasket: createOrderOfBasket(parts),
    cancelOrderOfBasket: cancelOrderOfBasket(parts),
    takeMessages: takeMessages(parts),
    readParkedMessage: readParkedMessage(parts),
  }
  const kafka =
    messages &&
    courseKafka({ ...needs, settings: messages, take: slices.takeMessages, onStart: () => retryKnownMessages(db) })
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
    subscriptions: [
      createOrderSubscription({ ...needs, ...slices }),
      cancelOrderSubscription(slices),
      readParkedMessageSubscription(slices),
    ],
    relays: kafka && messages ? [reportOrders({ contract, ...messages, send: kafka.send })] : [],
    metrics: kafka ? [kafka.metric] : [],
    background: [
      gridLoop(loop, { ...slices, step, moves: contract !== 'd' }),
      ...(kafka ? [kafka.background] : []),
      ...(courseApi ? [serveCourseApi({ ...slices, contract, address: courseApi })] : []),
    ],
  } satisfies Pick<Module, 'routes' | 'background' | 'subscriptions' | 'relays' | 'metrics'> & Record<string, unknown>
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
