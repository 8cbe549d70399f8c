import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { Id } from '#platform/schema'

const cell = Type.Object({ x: Type.Integer(), y: Type.Integer() })

export const courseOrderCreated = defineEvent('dispatch.course-order-created.v1', {
  description: 'An order on the grid waits for a courier.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, location: cell, volume: Type.Integer() }),
})

export const courseOrderAssigned = defineEvent('dispatch.course-order-assigned.v1', {
  description: 'A courier of the grid has the order.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, courier_id: Id, steps: Type.Integer() }),
})

export const courseOrderCompleted = defineEvent('dispatch.course-order-completed.v1', {
  description: 'A courier of the grid has delivered the order.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, courier_id: Id }),
})

export const courseOrderCancelled = defineEvent('dispatch.course-order-cancelled.v1', {
  description: 'The order on the grid is cancelled; its courier, if it had one, is free.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, reason: Type.String() }),
})

export const dispatchEvents = [courseOrderCreated, courseOrderAssigned, courseOrderCompleted, courseOrderCancelled]
